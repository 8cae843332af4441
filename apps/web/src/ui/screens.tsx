/** The screens without a conversation: starting, outside, locked, failed. */
import { isAppError } from '@tacet/base';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { UnlockSecret } from '../link/session.ts';
import { enter, giveUp, unlock } from '../state/lifecycle.ts';
import { daemon, overtaken } from '../state/store.ts';
import { sentenceOf, sentenceOfCode } from '../words/errors.ts';
import { Door, Passphrase, Problem } from './door.tsx';

export function StartingScreen() {
  return (
    <Door>
      <h1 class="slow">Looking for Tacet on this computer</h1>
      <p class="soft slow">If this stays: start it with tacet up, then tacet open.</p>
    </Door>
  );
}

export function OutsideScreen() {
  const [address, setAddress] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await enter(address);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
  };
  return (
    <Door>
      <h1>This window is closed</h1>
      <p>
        Open a new one with <code>tacet open</code>.
      </p>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <label class="field">
          <span>Or paste the address it printed</span>
          <input
            type="text"
            class="mono"
            spellcheck={false}
            autocomplete="off"
            value={address}
            onInput={(event) => setAddress(event.currentTarget.value)}
          />
        </label>
        <Problem text={problem} />
        <button type="submit" class="button" disabled={address.trim() === ''}>
          Open
        </button>
      </form>
    </Door>
  );
}

export function LockedScreen() {
  const field = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  // Before the screen is shown: what is typed at once belongs to the field.
  useLayoutEffect(() => field.current?.focus(), []);
  const open = async (secret: UnlockSecret): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await unlock(secret);
    } catch (error) {
      setProblem(sentenceOf(error));
      if (isAppError(error, 'window-reopen') || isAppError(error, 'window-stranger'))
        giveUp(sentenceOf(error));
      field.current?.select();
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const passphrase = field.current?.value ?? '';
    if (passphrase !== '') void open({ passphrase });
  };
  return (
    <Door>
      <h1>Locked</h1>
      <form class="stack" onSubmit={submit}>
        <Passphrase field={field} label="Passphrase" invalid={problem !== null} />
        <Problem text={problem} />
        <button type="submit" class="button button-main" disabled={busy}>
          {busy ? 'Checking, one to ten seconds' : 'Unlock'}
        </button>
        <button
          type="button"
          class="button button-quiet"
          disabled={busy}
          onClick={() => void open({ keychain: true })}
        >
          Use this computer's keychain
        </button>
      </form>
      <p class="soft">
        {overtaken.value > 0
          ? `The lock came before ${overtaken.value === 1 ? 'one text was' : `${overtaken.value} texts were`} handed over. Write it again after unlocking.`
          : 'Mail goes on arriving; after a full lock it waits in the network until you unlock.'}
      </p>
    </Door>
  );
}

export function FailedScreen() {
  const reason = daemon.value?.reason ?? 'unknown';
  return (
    <Door>
      <h1>This profile cannot be opened</h1>
      <p>{sentenceOfCode(reason) ?? `Reason: ${reason}`}</p>
      <p class="soft">
        Start it again: tacet down, then tacet up. If it stays like this, update Tacet, and report
        the reason with the last lines of daemon.log.
      </p>
      <button type="button" class="button" onClick={() => location.reload()}>
        Look again
      </button>
    </Door>
  );
}
