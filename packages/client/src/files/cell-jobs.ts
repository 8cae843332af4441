/**
 * Work on cells, which waits for the disk: like ratchet work it follows from saved facts, runs outside
 * any transaction, and its result is committed in one. A crash before the commit does it again.
 */
import type { Millis } from '@tacet/base';
import type { FileCells, ProfileStore } from '../ports.ts';

/** Opaque to the host: the changes to commit. */
export interface CellOutcome {
  readonly commit: (now: Millis) => void;
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
      try {
        const result = await work.run(cells);
        return { commit: (now) => work.commit(result, now) };
      } catch (error) {
        return { commit: (now) => work.fail(error, now) };
      }
    },
  };
}

/** One job at a time, sources in their order. */
export class CellQueue {
  private readonly store: ProfileStore;
  private readonly sources: readonly CellSource[];
  private running: CellJob | null = null;
  private wanted = true;

  constructor(store: ProfileStore, sources: readonly CellSource[]) {
    this.store = store;
    this.sources = sources;
  }

  kick(): void {
    this.wanted = true;
  }

  next(): CellJob | null {
    if (this.running !== null || !this.wanted) return null;
    for (const source of this.sources) {
      this.running = source.nextCellJob();
      if (this.running !== null) return this.running;
    }
    this.wanted = false;
    return null;
  }

  finish(job: CellJob, outcome: CellOutcome, now: Millis): void {
    if (job !== this.running) return;
    this.running = null;
    this.wanted = true;
    this.store.transaction(() => outcome.commit(now));
  }
}
