/** Backups in the daemon without a network: a phrase, a folder, and progress as a test wants it. */
import type { DaemonStatus, ParamsOf, ResultOf } from '@tacet/api';
import { AppError } from '@tacet/base';

type Status = ResultOf<'backup.status'>;
type Contents = ResultOf<'backup.test'>;

export const PHRASE =
  'abandon ability able about above absent absorb abstract absurd abuse access zoo';

export class FakeBackups {
  status: Status = {
    phrase: false,
    folder: null,
    hours: 24,
    files: true,
    last: null,
    failed: null,
    due: null,
    running: false,
    rolling: { kept: [], failed: null },
  };
  /** What is under way, as the daemon's status shows it. */
  running: DaemonStatus['backup'] = null;
  /** Resolves when a backup, its test or a restore may end. */
  gate: Promise<void> = Promise.resolve();
  private phrase: string | null = null;
  private readonly clock: () => number;

  constructor(clock: () => number) {
    this.clock = clock;
  }

  set({ phrase, ...change }: ParamsOf<'backup.set'>): ResultOf<'backup.set'> {
    if (phrase !== undefined) this.phrase = phrase;
    const folder = change.folder ?? this.status.folder ?? '/home/alice/tacet-backup';
    this.status = { ...this.status, ...change, folder, phrase: this.phrase !== null };
    return this.status;
  }

  async create(): Promise<ResultOf<'backup.create'>> {
    const number = (this.status.last?.number ?? 0) + 1;
    await this.under('create');
    const at = this.clock();
    const last = { number, at, bytes: 14_200_000 };
    this.status = { ...this.status, last, due: at + this.status.hours * 3_600_000, failed: null };
    return { ...this.status, written: 96, pieces: 96 };
  }

  async test({ phrase }: ParamsOf<'backup.test'>): Promise<Contents> {
    this.opens(phrase);
    await this.under('test');
    return this.contents();
  }

  async restore({ phrase, folder }: ParamsOf<'backup.restore'>): Promise<Contents> {
    if (!folder.startsWith('/')) {
      throw new AppError('backup-folder-place', 'usage', 'the whole path of a folder');
    }
    this.opens(phrase);
    await this.under('restore');
    return this.contents();
  }

  private opens(phrase: string): void {
    if (phrase !== (this.phrase ?? PHRASE)) {
      throw new AppError('recovery-phrase-wrong', 'input', 'the phrase does not open this backup');
    }
  }

  private async under(kind: 'create' | 'test' | 'restore'): Promise<void> {
    this.running = { kind, done: 31, total: 96 };
    await this.gate;
    this.running = null;
  }

  private contents(): Contents {
    const at = this.status.last?.at ?? this.clock();
    const found = { number: 1, at, profile: 'Alice', contacts: 5, messages: 1_234 };
    return { ...found, files: 12, withFiles: true, bytes: 14_200_000 };
  }
}
