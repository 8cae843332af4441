/** A profile from a backup, where there is none yet. */
import { useRef, useState } from 'preact/hooks';
import { restore } from '../state/backup.ts';
import { sentenceOf } from '../words/errors.ts';
import { Door, Passphrase, Problem } from './door.tsx';
import { PhraseField } from './phrase-field.tsx';
import { Progress } from './progress.tsx';

export function RestoreScreen({ onBack }: { readonly onBack: () => void }) {
  const folder = useRef<HTMLInputElement>(null);
  const phrase = useRef<HTMLTextAreaElement>(null);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const passphrase = first.current?.value ?? '';
    if (passphrase === '' || passphrase !== second.current?.value) {
      setProblem(passphrase === '' ? 'Choose a passphrase.' : 'The two passphrases differ.');
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await restore(folder.current?.value.trim() ?? '', phrase.current?.value.trim() ?? '', {
        passphrase,
      });
    } catch (error) {
      setProblem(sentenceOf(error));
      setBusy(false);
    }
  };
  return (
    <Door>
      <h1>From a backup</h1>
      <p class="soft">
        Contacts are told by itself, once the network is reached. A Tacet that still runs elsewhere
        on this profile stops.
      </p>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <label class="field">
          <span>Folder of the backup, by its whole path</span>
          <input ref={folder} type="text" autocomplete="off" spellcheck={false} required />
        </label>
        <PhraseField field={phrase} invalid={problem !== null} />
        <Passphrase field={first} label="New passphrase" invalid={problem !== null} />
        <Passphrase field={second} label="Once more" invalid={problem !== null} />
        <Problem text={problem} />
        {busy ? (
          <Progress kind="restore" />
        ) : (
          <>
            <button type="submit" class="button button-main">
              Bring it back
            </button>
            <button type="button" class="button" onClick={onBack}>
              A new profile instead
            </button>
          </>
        )}
      </form>
    </Door>
  );
}
