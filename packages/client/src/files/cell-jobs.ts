/**
 * Work on cells, which waits for the disk: like ratchet work it follows from saved facts, runs outside
 * any transaction, and its result is committed in one. A crash before the commit does it again.
 */
import type { Millis } from '@tacet/base';
import type { FileCells, ProfileStore } from '../ports.ts';
import { type Troubles, workFailed } from '../sessions/jobs.ts';
import { Attempts } from '../store/attempt.ts';

/** Opaque to the host: the changes to commit. */
export interface CellOutcome {
  readonly commit: (now: Millis) => void;
  /** In place of `commit` where that failed and the disk did not. */
  readonly contain: (error: unknown, now: Millis) => void;
}

export interface CellJob {
  readonly run: (cells: FileCells) => Promise<CellOutcome>;
}

export interface CellSource {
  /** The next piece of work, or null. */
  nextCellJob(): CellJob | null;
}

/** @param fail inside a transaction; must remove the work or defer it */
export function cellJob<T>(work: {
  readonly run: (cells: FileCells) => Promise<T>;
  readonly commit: (result: T, now: Millis) => void;
  readonly fail: (error: unknown, now: Millis) => void;
}): CellJob {
  return {
    async run(cells) {
      const contain = (error: unknown, now: Millis): void => work.fail(workFailed(error), now);
      try {
        const result = await work.run(cells);
        return { commit: (now) => work.commit(result, now), contain };
      } catch (error) {
        return { commit: (now) => work.fail(error, now), contain };
      }
    },
  };
}

/** One job at a time, sources in their order. */
export class CellQueue {
  private readonly store: ProfileStore;
  private readonly sources: readonly CellSource[];
  private running: { readonly job: CellJob; readonly source: CellSource } | null = null;
  private wanted = true;
  private attempts: Attempts;
  private troubles: Troubles | null = null;
  /** Whose work cannot be saved in any way: it rests until the next start. */
  private readonly resting = new Set<CellSource>();

  constructor(store: ProfileStore, sources: readonly CellSource[]) {
    this.store = store;
    this.sources = sources;
    this.attempts = new Attempts(store);
  }

  /** Who hears of mistakes of ours (docs/spec/18-conversations.md, 8). */
  tells(attempts: Attempts, troubles: Troubles): void {
    this.attempts = attempts;
    this.troubles = troubles;
  }

  kick(): void {
    this.wanted = true;
  }

  next(now: Millis): CellJob | null {
    if (this.running !== null || !this.wanted) return null;
    for (const source of this.sources) {
      const job = this.jobOf(source, now);
      if (job === null) continue;
      this.running = { job, source };
      return job;
    }
    this.wanted = false;
    return null;
  }

  private jobOf(source: CellSource, now: Millis): CellJob | null {
    if (this.resting.has(source)) return null;
    const found: (CellJob | null)[] = [];
    const failure = this.attempts.tried(() => found.push(source.nextCellJob()));
    if (failure !== null) this.rest(source, failure.error, now);
    return found[0] ?? null;
  }

  finish(job: CellJob, { commit, contain }: CellOutcome, now: Millis): void {
    if (job !== this.running?.job) return;
    const { source } = this.running;
    this.running = null;
    this.wanted = true;
    const first = this.attempts.saved(() => commit(now));
    if (first === null) return;
    const second = this.attempts.saved(() => {
      contain(first.error, now);
      this.troubles?.onContained(first.error, now);
    });
    if (second !== null) this.rest(source, second.error, now);
  }

  private rest(source: CellSource, error: unknown, now: Millis): void {
    this.resting.add(source);
    this.store.transaction(() => this.troubles?.onResting(error, now));
  }
}
