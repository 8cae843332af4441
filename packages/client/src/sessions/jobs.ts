/**
 * Ratchet work as jobs. Every job is derived from saved facts (an undecrypted ciphertext, a
 * queued message), runs outside any transaction, and its result is committed with the ratchet's
 * new state in one transaction. A crash before the commit runs the same job again from the same
 * records. The host runs one job at a time and hands the outcome back.
 */
import type { Millis } from '@tacet/base';
import type { ProfileStore, SessionPort, SessionRecords, SessionWrites } from '../ports.ts';
import { identityOfContact, keysOf, sessionRecords } from './records.ts';

export { sessionRecords };

/** Opaque to the host: the changes to commit. */
export interface JobOutcome {
  readonly commit: (now: Millis) => void;
}

export interface SessionJob {
  /** For logs and the lab's trace: what kind of work, nothing about whom. */
  readonly name: string;
  readonly run: (port: SessionPort) => Promise<JobOutcome>;
}

/** What a feature offers: the next piece of ratchet work it needs, or null. */
export interface JobSource {
  nextJob(): ErasedWork | null;
}

/** Work whose result type only it knows: `run` gives the changes to commit. */
export interface ErasedWork {
  readonly name: string;
  readonly contactId?: number;
  readonly identity?: number | null;
  readonly run: (port: SessionPort, records: SessionRecords) => Promise<(now: Millis) => void>;
  readonly fail: (error: unknown, now: Millis) => void;
}

export function erased<T>(work: Work<T>): ErasedWork {
  return {
    name: work.name,
    ...(work.contactId === undefined ? {} : { contactId: work.contactId }),
    ...(work.identity === undefined ? {} : { identity: work.identity }),
    async run(port, records) {
      const result = await work.run(port, records);
      return (now) => work.commit(result, now);
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
      const work = source.nextJob();
      if (work !== null) {
        this.running = this.wrap(work);
        return this.running;
      }
    }
    this.wanted = false;
    return null;
  }

  finish(job: SessionJob, outcome: JobOutcome, now: Millis): void {
    if (job !== this.running) return;
    this.running = null;
    this.wanted = true;
    this.store.transaction(() => outcome.commit(now));
  }

  private wrap(work: ErasedWork): SessionJob {
    const { contactId, identity } = work;
    const known = contactId === undefined ? null : identityOfContact(this.store, contactId);
    const own = identity === undefined ? known : identity;
    const records = sessionRecords(this.store, keysOf(this.store, own));
    const unlessGone =
      (commit: (now: Millis) => void): ((now: Millis) => void) =>
      (now) => {
        if (!this.isGone(work.contactId)) commit(now);
      };
    return {
      name: work.name,
      async run(port) {
        try {
          return { commit: unlessGone(await work.run(port, records)) };
        } catch (error) {
          return { commit: unlessGone((now) => work.fail(error, now)) };
        }
      },
    };
  }

  private isGone(contactId: number | undefined): boolean {
    if (contactId === undefined) return false;
    return this.store.get('SELECT 1 AS one FROM contacts WHERE id = ?', contactId) === undefined;
  }
}
