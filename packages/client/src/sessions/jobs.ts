/**
 * Ratchet work as jobs. Every job is derived from saved facts (an undecrypted ciphertext, a
 * queued message), runs outside any transaction, and its result is committed with the ratchet's
 * new state in one transaction. A crash before the commit runs the same job again from the same
 * records. What was received and waits together is one job, as a commit waits for the disk: each
 * piece of it works on the records as the ones before it leave them. The host runs one job at a time
 * and hands the outcome back.
 */
import { isAppError, type Millis } from '@tacet/base';
import { MAX_GROUP } from '../limits.ts';
import type { ProfileStore, SessionPort, SessionRecords, SessionWrites } from '../ports.ts';
import { identityOfContact, keysOf, sessionRecords, written } from './records.ts';

export { sessionRecords };

/** Inside a transaction. */
type Commit = (now: Millis) => void;

/** Opaque to the host: the changes to commit, in order. */
export interface JobOutcome {
  readonly commits: readonly Commit[];
}

export interface SessionJob {
  /** For logs and the lab's trace: what kind of work, nothing about whom. */
  readonly name: string;
  readonly run: (port: SessionPort) => Promise<JobOutcome>;
}

/** What a feature offers: the next piece of ratchet work it needs, or null. */
export interface JobSource {
  nextJob(): ErasedWork | null;
  /** The next one and those that may be saved together with it, at most so many. */
  nextJobs?(most: number): readonly ErasedWork[];
}

/** Work whose result type only it knows: `run` gives the changes to commit. */
export interface ErasedWork {
  readonly name: string;
  readonly contactId?: number;
  readonly identity?: number | null;
  readonly run: (port: SessionPort, records: SessionRecords) => Promise<Done>;
  readonly fail: (error: unknown, now: Millis) => void;
}

interface Done {
  readonly commit: Commit;
  /** Records among the changes: the next piece of the same job sees them. */
  readonly writes: SessionWrites;
}

export function erased<T>(work: Work<T>): ErasedWork {
  return {
    name: work.name,
    ...(work.contactId === undefined ? {} : { contactId: work.contactId }),
    ...(work.identity === undefined ? {} : { identity: work.identity }),
    async run(port, records) {
      const result = await work.run(port, records);
      const writes = work.writes?.(result) ?? new Map<string, Uint8Array | null>();
      return { commit: (now) => work.commit(result, now), writes };
    },
    fail: work.fail,
  };
}

export interface Work<T> {
  readonly name: string;
  /** Whose ratchet it is. What comes of work for a contact dismissed meanwhile is thrown away. */
  readonly contactId?: number;
  /** As which identity; without it as the one that contact knows, or the profile's own (null). */
  readonly identity?: number | null;
  readonly run: (port: SessionPort, records: SessionRecords) => Promise<T>;
  /** Of work that shares a job: the records `commit` writes. */
  readonly writes?: (result: T) => SessionWrites;
  /** Inside a transaction. */
  readonly commit: (result: T, now: Millis) => void;
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
  private running: SessionJob | null = null;
  private wanted = true;

  constructor(store: ProfileStore, sources: readonly JobSource[]) {
    this.store = store;
    this.sources = sources;
  }

  /** Something may need ratchet work: look again. */
  kick(): void {
    this.wanted = true;
  }

  /** The next job for the host, or null while one runs or none is needed. */
  next(): SessionJob | null {
    if (this.running !== null || !this.wanted) return null;
    for (const source of this.sources) {
      const works =
        source.nextJobs?.(MAX_GROUP) ?? [source.nextJob()].filter((one) => one !== null);
      const [first] = works;
      if (first !== undefined) {
        this.running = this.wrap(first.name, works);
        return this.running;
      }
    }
    this.wanted = false;
    return null;
  }

  finish(job: SessionJob, { commits }: JobOutcome, now: Millis): void {
    if (job !== this.running) return;
    this.running = null;
    this.wanted = true;
    try {
      this.save(commits, now);
    } catch (error) {
      // A disk that failed does no better a second time.
      if (commits.length === 1 || isStorage(error)) throw error;
      // What stands before the one that cannot be saved must not wait for it.
      for (const commit of commits) this.save([commit], now);
    }
  }

  private save(commits: readonly Commit[], now: Millis): void {
    this.store.transaction(() => {
      for (const commit of commits) commit(now);
    });
  }

  private wrap(name: string, works: readonly ErasedWork[]): SessionJob {
    const identities = works.map((work) => this.identityOf(work));
    const { store } = this;
    return {
      name,
      run: async (port) => {
        const made = new Map<string, Uint8Array | null>();
        const commits: Commit[] = [];
        for (const [n, work] of works.entries()) {
          const records = written(sessionRecords(store, identities[n] ?? null), made);
          const commit = await attempt(work, port, records, made);
          commits.push((now) => {
            if (!this.isGone(work.contactId)) commit(now);
          });
        }
        return { commits };
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
): Promise<Commit> {
  try {
    const { commit, writes } = await work.run(port, records);
    for (const [name, value] of writes) made.set(name, value);
    return commit;
  } catch (error) {
    return (now) => work.fail(error, now);
  }
}

function isStorage(error: unknown): boolean {
  return isAppError(error) && error.kind === 'storage';
}
