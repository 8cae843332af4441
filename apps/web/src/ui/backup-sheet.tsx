/** Backups: a phrase first, then where and how often, one now, and a test that restoring works. */
import type { ParamsOf, ResultOf } from '@tacet/api';
import { useRef, useState } from 'preact/hooks';
import { call } from '../link/rpc.ts';
import { attempt, say } from '../state/actions.ts';
import {
  type BackupContents,
  type BackupStatus,
  backUp,
  setBackup,
  testBackup,
} from '../state/backup.ts';
import { daemon, now, sheet } from '../state/store.ts';
import {
  contentsSentence,
  failedWord,
  HOURS,
  lastWord,
  nextWord,
  rollingWord,
} from '../words/backup.ts';
import { sentenceOf } from '../words/errors.ts';
import { safeName } from '../words/safe.ts';
import { Passphrase, Problem } from './door.tsx';
import { NewPhrase } from './new-phrase.tsx';
import { PhraseField } from './phrase-field.tsx';
import { Progress } from './progress.tsx';
import { SheetFrame } from './sheet.tsx';
import { useRead } from './use-read.ts';

export function BackupSheet() {
  return sheet.value?.kind === 'backup' ? <Backups /> : null;
}

function Backups() {
  const [looks, look] = useState(0);
  const [isNew, setNew] = useState(false);
  const backup = useRead(() => call('backup.status', {}), [looks]);
  const again = (): void => look((count) => count + 1);
  const { value } = backup;
  return (
    <SheetFrame title="Backups">
      {backup.problem !== null && <p class="bad">{backup.problem}</p>}
      {value !== null && (isNew || !value.phrase) && (
        <NewPhrase
          isFirst={!value.phrase}
          onDone={() => {
            setNew(false);
            again();
          }}
        />
      )}
      {value?.phrase === true && !isNew && (
        <>
          <State
            status={value}
            onChange={again}
            onSet={(set) => backup.set({ ...value, ...set })}
          />
          <Test />
          <section class="block">
            <h3>Another phrase</h3>
            <p class="soft">
              If somebody may have seen yours. Later backups open with the new one only; copies of
              the folder that somebody made before still open with the old one.
            </p>
            <button type="button" class="button" onClick={() => setNew(true)}>
              Make another phrase
            </button>
          </section>
        </>
      )}
    </SheetFrame>
  );
}

type Set = ResultOf<'backup.set'>;

interface SettingsProps {
  readonly status: BackupStatus;
  /** What the daemon answered. */
  readonly onSet: (status: Set) => void;
}

interface StateProps extends SettingsProps {
  readonly onChange: () => void;
}

function State({ status, onChange, onSet }: StateProps) {
  const [busy, setBusy] = useState(false);
  const make = async (): Promise<void> => {
    setBusy(true);
    const isMade = await attempt(async () => {
      // After a restore it is not said where they go: beside the profile, unless something else is chosen.
      if (status.folder === null) onSet(await setBackup({}));
      await backUp();
    });
    if (isMade) say('The backup is made.');
    setBusy(false);
    onChange();
  };
  return (
    <section class="block">
      {status.failed !== null && (
        <p class="bad">The next one could not be made. {failedWord(status.failed.code)}</p>
      )}
      <dl class="figures">
        <div>
          <dt>Last</dt>
          <dd>{lastWord(status, now.value)}</dd>
        </div>
        <div>
          <dt>Next</dt>
          <dd>{nextWord(status, now.value)}</dd>
        </div>
        <div>
          <dt>Copies kept beside the profile</dt>
          <dd>{rollingWord(status, now.value)}</dd>
        </div>
      </dl>
      {busy ? (
        <Progress kind="create" />
      ) : (
        <button type="button" class="button button-main" onClick={() => void make()}>
          Make one now
        </button>
      )}
      <Settings status={status} onSet={onSet} />
    </section>
  );
}

function Settings({ status, onSet }: SettingsProps) {
  const set = (change: ParamsOf<'backup.set'>): void => {
    void attempt(async () => onSet(await setBackup(change)));
  };
  const isOther = !HOURS.some(([hours]) => hours === status.hours);
  return (
    <div class="stack">
      <Folder status={status} onSet={onSet} />
      <label class="field">
        <span>How often</span>
        <select
          value={String(status.hours)}
          onChange={(event) => set({ hours: Number(event.currentTarget.value) })}
        >
          {HOURS.map(([hours, words]) => (
            <option key={hours} value={String(hours)}>
              {words}
            </option>
          ))}
          {isOther && <option value={String(status.hours)}>Every {status.hours} hours</option>}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={status.files}
          onChange={(event) => set({ files: event.currentTarget.checked })}
        />
        <span>With files and pictures</span>
      </label>
      <p class="soft">
        A disk of its own, kept elsewhere, helps when this one is lost. What you delete is out of
        backups after the next one. Whoever sees the folder twice sees how much changed.
      </p>
    </div>
  );
}

/** Another folder is taken with the passphrase only: whoever sets it decides where all of this goes. */
function Folder({ status, onSet }: SettingsProps) {
  const folder = useRef<HTMLInputElement>(null);
  const passphrase = useRef<HTMLInputElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const change = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const path = folder.current?.value.trim() ?? '';
      onSet(await setBackup({ folder: path }, passphrase.current?.value ?? ''));
      setOpen(false);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(false);
  };
  return (
    <div class="stack field">
      <span>Folder</span>
      <p class="address">
        <bdi>{status.folder === null ? 'none yet' : safeName(status.folder)}</bdi>
      </p>
      {daemon.value?.opensWith === 'keychain' ? (
        <p class="soft">Another one: tacet backup create --folder DIR</p>
      ) : (
        <button
          type="button"
          class="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          Another folder
        </button>
      )}
      {isOpen && (
        <form class="card stack" onSubmit={(event) => void change(event)}>
          <label class="field">
            <span>Folder on this computer, by its whole path</span>
            <input
              ref={folder}
              type="text"
              autocomplete="off"
              spellcheck={false}
              placeholder="/media/stick/tacet"
              required
            />
          </label>
          <Passphrase field={passphrase} label="Your passphrase" invalid={problem !== null} />
          <Problem text={problem} />
          <button type="submit" class="button button-main" disabled={busy}>
            Use this folder
          </button>
        </form>
      )}
    </div>
  );
}

/** The phrase as its owner has it, not what the daemon keeps: that is what a restore will need. */
function Test() {
  const field = useRef<HTMLTextAreaElement>(null);
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<BackupContents | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const test = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    setFound(null);
    try {
      setFound(await testBackup(field.current?.value.trim() ?? ''));
      if (field.current !== null) field.current.value = '';
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(false);
  };
  return (
    <form class="block stack" onSubmit={(event) => void test(event)}>
      <h3>Test a restore</h3>
      <p class="soft">
        Decrypts all of the last backup with the phrase you wrote down, opens the copy, and says
        what it would bring back. Nothing is changed.
      </p>
      <PhraseField field={field} invalid={problem !== null} />
      <Problem text={problem} />
      {found !== null && (
        <p role="status">
          <strong>It is whole.</strong> {contentsSentence(found, now.value)}
        </p>
      )}
      {busy ? (
        <Progress kind="test" />
      ) : (
        <button type="submit" class="button">
          Test it
        </button>
      )}
    </form>
  );
}
