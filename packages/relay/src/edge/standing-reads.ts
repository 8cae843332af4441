/**
 * Reads that wait for a box (docs/spec/05-boxes.md, 8). Found by mark when a box is stored, by
 * time when their wait ends, and by age when there are too many.
 */
import { DeadlineHeap, type Millis } from '@tacet/base';
import { type Mark, markKey } from '@tacet/wire';
import type { Ticket } from './ticket.ts';

export interface StandingRead {
  readonly marks: readonly [Mark, Mark, Mark];
  readonly ticket: Ticket;
  readonly until: Millis;
}

/** Entries of reads that wait no more, kept in the heap before it is made anew. */
const STALE_KEPT = 1_024;

export class StandingReads {
  private readonly waiting = new Set<StandingRead>();
  private readonly byMark = new Map<bigint, StandingRead[]>();
  private ends = new DeadlineHeap<StandingRead>();

  get size(): number {
    return this.waiting.size;
  }

  get oldest(): StandingRead | undefined {
    for (const read of this.waiting) return read;
    return undefined;
  }

  /** When the next wait ends; never later than that. */
  nextAt(): Millis | undefined {
    return this.ends.nextAt;
  }

  add(read: StandingRead): void {
    this.waiting.add(read);
    this.ends.push(read.until, read);
    for (const mark of read.marks) {
      const key = markKey(mark);
      const list = this.byMark.get(key);
      if (list === undefined) this.byMark.set(key, [read]);
      else if (!list.includes(read)) list.push(read);
    }
  }

  /** The next read whose wait ends by `now`; it waits no longer. */
  takeEnded(now: Millis): StandingRead | undefined {
    for (;;) {
      const read = this.ends.popDue(now);
      if (read === undefined || this.remove(read)) return read;
    }
  }

  /** Reads that wait for this mark; they wait no longer. */
  release(mark: Mark): readonly StandingRead[] {
    const released = [...(this.byMark.get(markKey(mark)) ?? [])];
    for (const read of released) this.remove(read);
    return released;
  }

  /** False when it was not waiting any more. */
  remove(read: StandingRead): boolean {
    if (!this.waiting.delete(read)) return false;
    for (const mark of read.marks) {
      const key = markKey(mark);
      const rest = this.byMark.get(key)?.filter((other) => other !== read) ?? [];
      if (rest.length === 0) this.byMark.delete(key);
      else this.byMark.set(key, rest);
    }
    // Otherwise reads answered early would be held, reply block and all, until their wait ends.
    if (this.ends.size > 2 * this.waiting.size + STALE_KEPT) {
      this.ends = new DeadlineHeap();
      for (const left of this.waiting) this.ends.push(left.until, left);
    }
    return true;
  }
}
