/** Both locks with what each costs, and when windows lock by themselves. */
import { useEffect, useState } from 'preact/hooks';
import { call } from '../link/rpc.ts';
import { attempt } from '../state/actions.ts';
import { lock } from '../state/lifecycle.ts';
import { daemon } from '../state/store.ts';

const CHOICES: readonly (readonly [minutes: number, words: string])[] = [
  [0, 'never'],
  [5, 'after 5 minutes'],
  [15, 'after 15 minutes'],
  [60, 'after an hour'],
];

export function Locking() {
  return (
    <section class="block">
      <h3>Locking</h3>
      <p class="soft">
        Lock, beside your name, shuts all windows, and mail goes on arriving. Locking fully also
        takes your keys out of this computer's memory: mail waits in the network until you unlock.
        Nobody outside sees either.
      </p>
      {daemon.value?.opensWith === 'keychain' && (
        <p class="warn">
          The keychain opens this profile: whoever uses your account of this computer can unlock it.
          A passphrase keeps them out: tacet profile passphrase.
        </p>
      )}
      <ByItself />
      <button type="button" class="button" onClick={() => void attempt(() => lock(true))}>
        Lock fully
      </button>
    </section>
  );
}

/** Kept in the profile: all windows have the same. */
function ByItself() {
  const [minutes, setMinutes] = useState<number | null>(null);
  const ask = (chosen: { readonly minutes?: number }): void => {
    void attempt(async () => setMinutes((await call('profile.idle', chosen)).minutes));
  };
  useEffect(() => ask({}), []);
  if (minutes === null) return null;
  const isOther = !CHOICES.some(([choice]) => choice === minutes);
  return (
    <label class="field">
      <span>Lock when nobody touched anything</span>
      <select
        value={String(minutes)}
        onChange={(event) => ask({ minutes: Number(event.currentTarget.value) })}
      >
        {CHOICES.map(([choice, words]) => (
          <option key={choice} value={String(choice)}>
            {words}
          </option>
        ))}
        {isOther && <option value={String(minutes)}>after {minutes} minutes</option>}
      </select>
    </label>
  );
}
