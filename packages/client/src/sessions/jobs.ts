/**
 * Ratchet work as jobs. Every job is derived from saved facts (an undecrypted ciphertext, a
 * queued message), runs outside any transaction, and its result is committed with the ratchet's
 * new state in one transaction. A crash before the commit runs the same job again from the same
 * records. What was received and waits together is one job, as a commit waits for the disk: each
 * piece of it works on the records as the ones before it leave them. The host runs one job at a time
 * and hands the outcome back. What cannot be saved ends nothing: it is contained, and where not even
 * that can be saved it rests until the next start (docs/spec/18-conversations.md, 8).
 */
import { AppError, isAppError, type Millis } from '@tacet/base';
import { MAX_GROUP } from '../limits.ts';
import type { ProfileStore, SessionPort, SessionRecords, SessionWrites, SqlRow } from '../ports.ts';
import { Attempts, isOfMachine } from '../store/attempt.ts';
import { num } from '../store/rows.ts';
import { identityOfContact, keysOf, sessionRecords, written } from './records.ts';

export { sessionRecords };

/** Inside a transaction. */
type Commit = (now: Millis) => void;

/** Inside a transaction. True: whoever should hear of it has. */
type Contain = (error: unknown, now: Millis) => boolean;

/** What came of one piece of work. */
interface Piece {
  readonly key: string;
  readonly commit: Commit;
  /** In place of `commit` where that failed. */
  readonly contain: Contain;
}

/** Opaque to the host: the changes to commit, in order. */
export interface JobOutcome {
  readonly pieces: readonly Piece[];
}

export interface SessionJob {
  /** For logs and the lab's trace: what kind of work, nothing about whom. */
  readonly name: string;
  readonly run: (port: SessionPort) => Promise<JobOutcome>;
}

/** Keys of work that rests until the next start. */
export type Resting = ReadonlySet<string>;

export const NONE_RESTS: Resting = new Set();

/** The first of these rows, named by their `id`, whose work of this name does not rest; and its key. */
export function firstAble(
  name: string,
  rows: readonly SqlRow[],
  resting: Resting,
): { readonly row: SqlRow; readonly key: string } | null {
  for (const row of rows) {
    const key = `${name}/${num(row, 'id')}`;
    if (!resting.has(key)) return { row, key };
  }
  return null;
}

/** What a feature offers: the next piece of ratchet work it needs and that does not rest, or null. */
export interface JobSource {
  nextJob(resting: Resting): ErasedWork | null;
  /** The next one and those that may be saved together with it, at most so many. */
  nextJobs?(most: number, resting: Resting): readonly ErasedWork[];
}

/** Who hears of work that failed where only a mistake of ours can make it fail. In a transaction. */
export interface Troubles {
  /** Its changes could not be saved; what it does about that could. */
  onContained(error: unknown, now: Millis): void;
  /** Nothing of it could be saved, or it could not be worked out what is to be done. */
  onResting(error: unknown, now: Millis): void;
}

/** Work whose result type only it knows: `run` gives the changes to commit. */
export interface ErasedWork {
  readonly name: string;
  readonly key: string;
  readonly contactId?: number;
  readonly identity?: number | null;
  readonly run: (port: SessionPort, records: SessionRecords) => Promise<Done>;
  readonly fail: (error: unknown, now: Millis) => void;
}

interface Done {
  readonly commit: Commit;
  readonly contain: Contain;
  /** Records among the changes: the next piece of the same job sees them. */
  readonly writes: SessionWrites;
}

export function erased<T>(work: Work<T>): ErasedWork {
  return {
    name: work.name,
    key: work.key,
    ...(work.contactId === undefined ? {} : { contactId: work.contactId }),
    ...(work.identity === undefined ? {} : { identity: work.identity }),
    async run(port, records) {
      const result = await work.run(port, records);
      const writes = work.writes?.(result) ?? new Map<string, Uint8Array | null>();
      return {
        commit: (now) => work.commit(result, now),
        contain: (error, now) => {
          if (work.contain === undefined) work.fail(workFailed(error), now);
          else work.contain(result, error, now);
          return work.contain !== undefined;
        },
        writes,
      };
    },
    fail: work.fail,
  };
}

/** As the reason of what fails because of a mistake of ours. */
export function workFailed(cause: unknown): AppError {
  return new AppError('work-failed', 'bug', 'this could not be done; report it', { cause });
}

export interface Work<T> {
  readonly name: string;
  /** What it is about, told apart from all other work. */
  readonly key: string;
  /** Whose ratchet it is. What comes of work for a contact dismissed meanwhile is thrown away. */
  readonly contactId?: number;
  /** As which identity; without it as the one that contact knows, or the profile's own (null). */
  readonly identity?: number | null;
  readonly run: (port: SessionPort, records: SessionRecords) => Promise<T>;
  /** Of work that shares a job: the records `commit` writes. */
  readonly writes?: (result: T) => SessionWrites;
  /** Inside a transaction. */
  readonly commit: (result: T, now: Millis) => void;
  /**
   * Inside a transaction: `commit` threw, and not because of the disk. Must remove the work or defer
   * it. Without it `fail` is told `work-failed`.
   */
  readonly contain?: (result: T, error: unknown, now: Millis) => void;
  /** Inside a transaction: the ratchet said no for good. Must remove the work or defer it. */
  readonly fail: (error: unknown, now: Millis) => void;
}

export function applyWrites(store: ProfileStore, writes: SessionWrites): void {
  for (const [name, value] of writes) {
    if (value === null) store.run('DELETE FROM session_records WHERE name = ?', name);
    else {
      store.run(
        `INSERT INTO session_records (name, value) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
        name,
        value,
      );
    }
  }
}

/** Hands out one job at a time, taking sources in their order. */
export class JobQueue {
  private readonly store: ProfileStore;
  private readonly sources: readonly JobSource[];
  private readonly attempts: Attempts;
  private readonly troubles: Troubles | null;
  private running: SessionJob | null = null;
  private wanted = true;
  /** Work of which nothing could be saved. The next start tries it once more. */
  private readonly resting = new Set<string>();
  /** Sources that could not say what is to be done: told once. */
  private readonly broken = new Set<JobSource>();

  constructor(
    store: ProfileStore,
    sources: readonly JobSource[],
    attempts = new Attempts(store),
    troubles: Troubles | null = null,
  ) {
    this.store = store;
    this.sources = sources;
    this.attempts = attempts;
    this.troubles = troubles;
  }

  /** Something may need ratchet work: look again. */
  kick(): void {
    this.wanted = true;
  }

  /** The next job for the host, or null while one runs or none is needed. */
  next(now: Millis): SessionJob | null {
    if (this.running !== null || !this.wanted) return null;
    for (const source of this.sources) {
      this.running = this.jobOf(source, now);
      if (this.running !== null) return this.running;
    }
    this.wanted = false;
    return null;
  }

  /** Null, too, where the source fails: others must not wait for it. */
  private jobOf(source: JobSource, now: Millis): SessionJob | null {
    try {
      const works =
        source.nextJobs?.(MAX_GROUP, this.resting) ??
        [source.nextJob(this.resting)].filter((one) => one !== null);
      const [first] = works;
      return first === undefined ? null : this.wrap(first.name, works);
    } catch (error) {
      if (isOfMachine(error)) throw error;
      if (this.broken.has(source)) return null;
      this.broken.add(source);
      this.store.transaction(() => this.troubles?.onResting(error, now));
      return null;
    }
  }

  finish(job: SessionJob, { pieces }: JobOutcome, now: Millis): void {
    if (job !== this.running) return;
    this.running = null;
    this.wanted = true;
    const together = (): void => {
      for (const { commit } of pieces) commit(now);
    };
    if (pieces.length > 1 && this.attempts.saved(together) === null) return;
    // What stands before the one that cannot be saved must not wait for it, nor what follows.
    for (const piece of pieces) this.finishAlone(piece, now);
  }

  private finishAlone({ key, commit, contain }: Piece, now: Millis): void {
    const first = this.attempts.saved(() => commit(now));
    if (first === null) return;
    const second = this.attempts.saved(() => {
      if (!contain(first.error, now)) this.troubles?.onContained(first.error, now);
    });
    if (second === null) return;
    this.resting.add(key);
    // Where not even this can be noted the store takes nothing: that ends the profile.
    this.store.transaction(() => this.troubles?.onResting(second.error, now));
  }

  private wrap(name: string, works: readonly ErasedWork[]): SessionJob {
    const identities = works.map((work) => this.identityOf(work));
    const { store } = this;
    return {
      name,
      run: async (port) => {
        const made = new Map<string, Uint8Array | null>();
        const pieces: Piece[] = [];
        for (const [n, work] of works.entries()) {
          const records = written(sessionRecords(store, identities[n] ?? null), made);
          const { commit, contain } = await attempt(work, port, records, made, this.troubles);
          const here = (): boolean => !this.isGone(work.contactId);
          pieces.push({
            key: work.key,
            commit: (now) => {
              if (here()) commit(now);
            },
            contain: (error, now) => !here() || contain(error, now),
          });
        }
        return { pieces };
      },
    };
  }

  /** Whose keys the ratchet works with. */
  private identityOf({ contactId, identity }: ErasedWork): number | null {
    const known = contactId === undefined ? null : identityOfContact(this.store, contactId);
    return keysOf(this.store, identity === undefined ? known : identity);
  }

  private isGone(contactId: number | undefined): boolean {
    if (contactId === undefined) return false;
    return this.store.get('SELECT 1 AS one FROM contacts WHERE id = ?', contactId) === undefined;
  }
}

async function attempt(
  work: ErasedWork,
  port: SessionPort,
  records: SessionRecords,
  made: Map<string, Uint8Array | null>,
  troubles: Troubles | null,
): Promise<Pick<Done, 'commit' | 'contain'>> {
  try {
    const done = await work.run(port, records);
    for (const [name, value] of done.writes) made.set(name, value);
    return done;
  } catch (error) {
    return {
      commit: (now) => {
        work.fail(error, now);
        if (isAppError(error, 'work-failed')) troubles?.onContained(error.cause, now);
      },
      contain: (_error, now) => {
        work.fail(workFailed(error), now);
        return false;
      },
    };
  }
}
