/** A recovery phrase is shown once, and counts only after three of its words were given back. */
import { useRef, useState } from 'preact/hooks';
import { attempt, say } from '../state/actions.ts';
import { backUp, makePhrase, setBackup } from '../state/backup.ts';
import { daemon } from '../state/store.ts';
import { sentenceOf } from '../words/errors.ts';
import { Passphrase, Problem } from './door.tsx';
import { Progress } from './progress.tsx';

interface Props {
  /** There is none yet, and no backup. */
  readonly isFirst: boolean;
  readonly onDone: () => void;
}

const ASKED = 3;

export function NewPhrase({ isFirst, onDone }: Props) {
  const [phrase, setPhrase] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const begin = async (): Promise<void> => {
    setBusy(true);
    await attempt(async () => setPhrase(await makePhrase()));
    setBusy(false);
  };
  /** Gives what was refused. */
  const keep = async (passphrase: string): Promise<string | null> => {
    if (phrase === null) return null;
    try {
      await setBackup({ phrase }, passphrase);
    } catch (error) {
      return sentenceOf(error);
    }
    setPhrase(null);
    setBusy(true);
    if (await attempt(backUp)) say('The backup is made.');
    onDone();
    return null;
  };
  if (daemon.value?.opensWith === 'keychain') return <ByKeychain />;
  if (phrase !== null) return <Words phrase={phrase} onKnown={keep} />;
  return (
    <section class="block">
      <p>
        {isFirst
          ? 'A backup holds your keys, contacts and conversations. Twelve words open it, and nothing else does: nobody can give them to you again.'
          : 'The new phrase takes the place of the old one, and all of the backup is written anew.'}
      </p>
      <p class="soft">
        Have paper at hand. Nobody should see your screen now. Do not photograph it.
      </p>
      {busy ? (
        <Progress kind="create" />
      ) : (
        <button type="button" class="button button-main" onClick={() => void begin()}>
          Show me the words
        </button>
      )}
    </section>
  );
}

/** Nothing here tells the person from the page: the terminal does. */
function ByKeychain() {
  return (
    <p>
      The keychain opens this profile without a passphrase, so its recovery phrase is made at the
      command line: tacet backup create
    </p>
  );
}

interface WordsProps {
  readonly phrase: string;
  readonly onKnown: (passphrase: string) => Promise<string | null>;
}

function Words({ phrase, onKnown }: WordsProps) {
  const words = phrase.split(' ');
  const [asked] = useState(() => places(words.length));
  const [isHidden, setHidden] = useState(false);
  const [given, setGiven] = useState<readonly string[]>(asked.map(() => ''));
  const [isWrong, setWrong] = useState(false);
  const passphrase = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  if (!isHidden) {
    return (
      <section class="block">
        <ol class="phrase" aria-label="Recovery phrase">
          {words.map((word, index) => (
            <li key={index}>{word}</li>
          ))}
        </ol>
        <p class="soft">Write them down in this order.</p>
        <button type="button" class="button button-main" onClick={() => setHidden(true)}>
          I have written them down
        </button>
      </section>
    );
  }
  const check = async (event: Event): Promise<void> => {
    event.preventDefault();
    const isRight = asked.every(
      (place, index) => given[index]?.trim().toLowerCase() === words[place],
    );
    setWrong(!isRight);
    setProblem(null);
    if (!isRight) return;
    setBusy(true);
    setProblem(await onKnown(passphrase.current?.value ?? ''));
    setBusy(false);
  };
  return (
    <form class="block stack" onSubmit={(event) => void check(event)}>
      <p>Give three of them back, from your paper.</p>
      {asked.map((place, index) => (
        <label key={place} class="field">
          <span>Word {place + 1}</span>
          <input
            type="text"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            aria-invalid={isWrong}
            value={given[index]}
            onInput={(event) => setGiven(given.with(index, event.currentTarget.value))}
          />
        </label>
      ))}
      {isWrong && (
        <p class="bad" role="alert">
          Not all three are right. Look at your paper, or at the words again.
        </p>
      )}
      <Passphrase field={passphrase} label="Your passphrase, to go on" invalid={problem !== null} />
      <Problem text={problem} />
      <div class="button-row">
        <button type="submit" class="button button-main" disabled={busy}>
          {busy ? 'One moment' : 'They are right'}
        </button>
        <button type="button" class="button" disabled={busy} onClick={() => setHidden(false)}>
          Show the words again
        </button>
      </div>
    </form>
  );
}

/** Some places of a phrase, in order, other ones each time. */
function places(count: number): readonly number[] {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(ASKED, count)) {
    chosen.add((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % count);
  }
  return [...chosen].sort((a, b) => a - b);
}
