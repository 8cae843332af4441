/** The first screen of all: a name of one's own, and what protects it. */
import { useRef, useState } from 'preact/hooks';
import { createProfile } from '../state/lifecycle.ts';
import { sentenceOf } from '../words/errors.ts';
import { Door, Passphrase, Problem } from './door.tsx';
import { RestoreScreen } from './restore.tsx';

/** A new one, or one from a backup. */
export function CreateScreen() {
  const [isRestore, setRestore] = useState(false);
  if (isRestore) return <RestoreScreen onBack={() => setRestore(false)} />;
  return <NewProfile onRestore={() => setRestore(true)} />;
}

function NewProfile({ onRestore }: { readonly onRestore: () => void }) {
  const name = useRef<HTMLInputElement>(null);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const [keychain, setKeychain] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const passphrase = first.current?.value ?? '';
    const isMissing = !keychain && passphrase === '';
    if (isMissing || (!keychain && passphrase !== second.current?.value)) {
      setProblem(isMissing ? 'Choose a passphrase.' : 'The two passphrases differ.');
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      const secret = keychain ? ({ keychain: true } as const) : { passphrase };
      await createProfile(name.current?.value.trim() ?? '', secret);
    } catch (error) {
      setProblem(sentenceOf(error));
      setBusy(false);
    }
  };
  return (
    <Door>
      <h1>Your profile</h1>
      <p class="soft">Made on this computer, in two seconds, without asking anybody.</p>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <label class="field">
          <span>Name, as the people you invite will see it</span>
          <input ref={name} type="text" dir="auto" maxLength={64} autocomplete="off" required />
        </label>
        {!keychain && (
          <>
            <Passphrase field={first} label="Passphrase" invalid={problem !== null} />
            <Passphrase field={second} label="Once more" invalid={problem !== null} />
          </>
        )}
        <label class="check">
          <input
            type="checkbox"
            checked={keychain}
            onChange={(event) => setKeychain(event.currentTarget.checked)}
          />
          <span>Let this computer's keychain open it, without a passphrase</span>
        </label>
        <Problem text={problem} />
        <button type="submit" class="button button-main" disabled={busy}>
          {busy ? 'Making it, about two seconds' : 'Make the profile'}
        </button>
        <button type="button" class="button button-quiet" disabled={busy} onClick={onRestore}>
          I have a backup
        </button>
      </form>
      <p class="soft">
        Nobody can reset a passphrase for you. What is forgotten here is gone: write it down.
      </p>
    </Door>
  );
}
