/**
 * Makes backups of an open profile: when they are due and when its owner says so, one at a time, beside
 * everything else (docs/spec/20-recovery.md, 3 to 5).
 */
import { dirname, isAbsolute, join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { BackupBody } from '@tacet/adapters/backup-folder';
import type { ProfileSnapshot, SnapshotFile } from '@tacet/adapters/profiles-sqlcipher';
import type { ParamsOf, ResultOf } from '@tacet/api';
import { AppError, isAppError, type Millis, type Rng, randomBytes, Sensitive } from '@tacet/base';
import type { BackupPlan, Backups } from '@tacet/client';
import { BACKUP_SILENCE, LOG_ROOM, STOP_PATIENCE } from '../limits.ts';
import type { Log } from '../ports.ts';
import type { Row } from '../row.ts';
import { Silence } from './silence.ts';

const SALT_BYTES = 32;

// Both not before somebody asks for a backup, or one is due: a start does without.
const form = () => import('@tacet/adapters/backup-folder');
const words = () => import('@tacet/adapters/recovery-phrase');

export interface KeeperOptions {
  /** The profile's folder. */
  readonly dir: string;
  readonly rng: Rng;
  readonly log: Log;
  readonly plans: Pick<Backups, 'plan' | 'set' | 'due' | 'pending' | 'made' | 'failed'>;
  readonly snapshot: (withFiles: boolean) => Promise<ProfileSnapshot>;
  /** Between two slots, where `needs` ms are left. */
  readonly turn: <T>(work: (now: Millis) => T, needs?: Millis) => Promise<T>;
  /** Of all that takes snapshots: one at a time. */
  readonly row: Row;
  /** `BACKUP_SILENCE` unless said otherwise. */
  readonly silence?: Millis;
}

export interface Progress {
  readonly kind: 'create' | 'test' | 'restore';
  /** Pieces. */
  readonly done: number;
  readonly total: number;
}

type Status = ResultOf<'backup.set'>;
type Made = ResultOf<'backup.create'>;

export class BackupKeeper {
  progress: Progress | null = null;
  private readonly options: KeeperOptions;
  private readonly ended = new AbortController();
  private running: Promise<Made> | null = null;
  /** A folder that did not answer still has what it was asked: each more would hold another thread. */
  private left: Promise<unknown> | null = null;

  constructor(options: KeeperOptions) {
    this.options = options;
  }

  async newPhrase(): Promise<Sensitive<string>> {
    const { makePhrase } = await words();
    return makePhrase(this.options.rng);
  }

  /** Throws `recovery-phrase-malformed`, `backup-folder-place`, and as the plans do. */
  async set(params: ParamsOf<'backup.set'>): Promise<Status> {
    const { plans, rng, turn } = this.options;
    const { phrase, hours, files } = params;
    const folder = this.folderOf(params.folder, await turn(() => plans.plan()));
    const change = {
      folder,
      ...(hours === undefined ? {} : { hours }),
      ...(files === undefined ? {} : { files }),
    };
    if (phrase === undefined) {
      await turn(() => plans.set(change));
    } else {
      const { phraseRoot, readPhrase } = await words();
      const salt = randomBytes(rng, SALT_BYTES);
      const root = await phraseRoot(readPhrase(new Sensitive(phrase)), salt);
      try {
        // A backup under way would be taken for one of the new phrase.
        await this.running?.catch(() => undefined);
        await turn(() => plans.set({ ...change, phrase: { salt, root } }));
      } finally {
        root.fill(0);
      }
    }
    return await this.status();
  }

  async status(): Promise<Status> {
    const { plans, turn } = this.options;
    const { PIECE_BYTES } = await form();
    return await turn(() =>
      statusOf(plans.plan(), plans.due(), this.running !== null, PIECE_BYTES),
    );
  }

  /** Where backups go; throws `backup-missing` where they go nowhere. */
  async folder(): Promise<string> {
    const { plans, turn } = this.options;
    const folder = (await turn(() => plans.plan()))?.folder ?? null;
    if (folder !== null) return folder;
    throw new AppError('backup-missing', 'missing', 'this profile has no backup yet');
  }

  /** The one under way, if there is one. Throws `recovery-phrase-missing`, `backup-nowhere`, and as `writeBackup`. */
  create(whole: boolean): Promise<Made> {
    if (this.running === null) {
      const run = this.make(whole).finally(() => {
        this.running = null;
        this.progress = null;
      });
      this.running = run;
    }
    return this.running;
  }

  /** Now and then: makes what is due. */
  tend(): void {
    const { plans, turn, log } = this.options;
    turn((now) => {
      const due = plans.due();
      return due !== null && due <= now;
    })
      .then(async (isDue) => {
        if (isDue) await this.create(false);
      })
      .catch((error: unknown) => log.warn(codeOf(error)));
  }

  /**
   * Ends what is under way; the last backup stays. A disk that does not answer is not waited for: what it
   * still takes leads nowhere, or is a whole backup.
   */
  async stop(patience: Millis = STOP_PATIENCE): Promise<void> {
    this.ended.abort();
    const over = new AbortController();
    const waited = pause(patience, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([this.running?.catch(() => undefined), waited]);
    over.abort();
  }

  private async make(whole: boolean): Promise<Made> {
    const { plans, turn } = this.options;
    const plan = await turn(() => plans.plan());
    if (plan === null) {
      const message = 'there is no recovery phrase yet; make one first';
      throw new AppError('recovery-phrase-missing', 'state', message);
    }
    if (plan.folder === null) {
      const message = 'this profile was restored: say where its backups go from now on';
      throw new AppError('backup-nowhere', 'state', message);
    }
    try {
      const at = await turn((now) => Math.floor(now));
      const { folder } = plan;
      const made = await this.options.row.next(() => this.write(plan, folder, at, whole));
      await turn(() => plans.made(made, at));
      const { written, pieces } = made;
      return { ...(await this.status()), running: false, written, pieces };
    } catch (error) {
      // Ended with the daemon is no failure.
      if (!this.ended.signal.aborted) {
        await turn((now) => plans.failed(codeOf(error), now)).catch(() => undefined);
      }
      throw error;
    } finally {
      for (const key of [plan.root, plan.formerRoot]) key?.fill(0);
    }
  }

  private async write(plan: BackupPlan, dir: string, at: number, whole: boolean) {
    const { plans, snapshot, turn, rng } = this.options;
    if (this.left !== null) throw notAnswering();
    // The log goes into the data file first, and afterwards what was written meanwhile.
    const held = await turn(() => snapshot(plan.files), LOG_ROOM);
    const { salt, root, formerRoot, number, pending } = plan;
    // While the snapshot is held what is deleted stays on the disk, and the log grows.
    const silence = new Silence(this.options.silence ?? BACKUP_SILENCE, notAnswering);
    try {
      const { writeBackup } = await form();
      const writing = writeBackup({
        dir,
        salt,
        root,
        formerRoot,
        lastNumber: number,
        pending,
        onHead: (id) => silence.heard(turn(() => plans.pending(id))),
        at,
        databaseKey: held.databaseKey,
        data: this.body(held.data),
        cells: held.cells === null ? null : this.body(held.cells),
        withFiles: plan.files,
        whole,
        signal: AbortSignal.any([this.ended.signal, silence.signal]),
        work: (piece) => silence.heard(turn(piece)),
        onProgress: (done, total) => {
          this.progress = { kind: 'create', done, total };
        },
        rng,
      });
      const leave = writing
        .catch(() => undefined)
        .finally(() => {
          this.left = null;
        });
      return await Promise.race([writing, silence.over]).catch((error: unknown) => {
        if (silence.signal.aborted) this.left = leave;
        throw error;
      });
    } finally {
      silence.end();
      // Brings the log into the data file; when the daemon ends, closing does.
      await turn(() => held.release(), LOG_ROOM).catch(() => held.release());
    }
  }

  private body({ bytes, read, check }: SnapshotFile): BackupBody {
    const { turn } = this.options;
    return {
      bytes,
      async read(at, length) {
        const piece = await read(at, length);
        await turn(() => check(at, piece));
        return piece;
      },
    };
  }

  private folderOf(given: string | undefined, plan: BackupPlan | null): string {
    const { dir } = this.options;
    // Hidden, so that it is never taken for a profile.
    const usual = join(dirname(dir), '.backups', dir.slice(dirname(dir).length + 1));
    const folder = given ?? plan?.folder ?? usual;
    const inside = relative(dir, folder);
    if (isAbsolute(folder) && (inside.startsWith('..') || isAbsolute(inside))) return folder;
    const message = 'backups go to a folder outside of the profile’s own, by its whole path';
    throw new AppError('backup-folder-place', 'usage', message);
  }
}

function statusOf(
  plan: BackupPlan | null,
  due: Millis | null,
  running: boolean,
  pieceBytes: number,
): Status {
  const none = { folder: null, hours: 0, files: false, last: null, failed: null };
  if (plan === null) return { phrase: false, ...none, due: null, running };
  const { folder, hours, files, number, madeAt, pieces, failed, failedAt } = plan;
  return {
    phrase: true,
    folder,
    hours,
    files,
    last: madeAt === null ? null : { number, at: madeAt, bytes: pieces * pieceBytes },
    failed: failed === null ? null : { code: failed, at: failedAt ?? 0 },
    due,
    running,
  };
}

function notAnswering(): AppError {
  const message = 'the backup folder does not answer; is its disk there?';
  return new AppError('backup-folder-failed', 'storage', message);
}

function codeOf(error: unknown): string {
  return isAppError(error) ? error.code : 'internal';
}
