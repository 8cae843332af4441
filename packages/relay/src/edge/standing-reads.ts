/**
 * Reads that wait for a box (docs/spec/05-boxes.md, 8). Found by mark when a box is stored, by
 * time when their wait ends, and by age when there are too many.
 */
import { DeadlineHeap, type Millis } from '@tacet/base';
import { type Mark, markKey } from '@tacet/wire';
import { WAITS_ENDED } from '../limits.ts';
import type { Ticket } from './ticket.ts';

export interface StandingRead {
  readonly marks: readonly [Mark, Mark, Mark];
  readonly ticket: Ticket;
  readonly until: Millis;
}

/** Entries of reads that wait no more, kept in the heap and the order before they are made anew. */
const STALE_KEPT = 1_024;

export class StandingReads {
  private readonly waiting = new Set<StandingRead>();
  /** From the oldest to the newest; those before `head` wait no more. */
  private order: StandingRead[] = [];
  private head = 0;
  private readonly byMark = new Map<bigint, Set<StandingRead>>();
  private ends = new DeadlineHeap<StandingRead>();

  get size(): number {
    return this.waiting.size;
  }

  /** When the next wait ends; never later than that. */
  nextAt(): Millis | undefined {
    return this.ends.nextAt;
  }

  add(read: StandingRead): void {
    this.waiting.add(read);
    this.order.push(read);
    this.ends.push(read.until, read);
    for (const mark of read.marks) {
      const key = markKey(mark);
      const reads = this.byMark.get(key);
      if (reads === undefined) this.byMark.set(key, new Set([read]));
      else reads.add(read);
    }
  }

  /** The next read whose wait ends by `now`; it waits no longer. */
  takeEnded(now: Millis): StandingRead | undefined {
    for (;;) {
      const read = this.ends.popDue(now);
      if (read === undefined || this.remove(read)) return read;
    }
  }

  /** The read that waits longest; it waits no longer. */
  takeOldest(): StandingRead | undefined {
    // The first of the set is no way to it: what was deleted before it is passed at each look.
    for (;;) {
      const read = this.order[this.head];
      if (read === undefined) return undefined;
      this.head += 1;
      if (this.remove(read)) return read;
    }
  }

  /**
   * The first reads that wait for this mark; they wait no longer. The others wait to their end.
   * Counted here and not in `add`: a box has few readers, but its mark may be cover for many.
   */
  release(mark: Mark): readonly StandingRead[] {
    const key = markKey(mark);
    const reads = this.byMark.get(key) ?? [];
    this.byMark.delete(key);
    const released: StandingRead[] = [];
    for (const read of reads) {
      if (released.length >= WAITS_ENDED) break;
      released.push(read);
      this.remove(read);
    }
    return released;
  }

  /** False when it was not waiting any more. */
  private remove(read: StandingRead): boolean {
    if (!this.waiting.delete(read)) return false;
    for (const mark of read.marks) {
      const key = markKey(mark);
      const reads = this.byMark.get(key);
      if (reads?.delete(read) === true && reads.size === 0) this.byMark.delete(key);
    }
    // Otherwise reads answered early would be held, reply block and all, until their wait ends.
    const most = 2 * this.waiting.size + STALE_KEPT;
    if (this.order.length > most) {
      this.order = [...this.waiting];
      this.head = 0;
    }
    if (this.ends.size > most) {
      this.ends = new DeadlineHeap();
      for (const left of this.waiting) this.ends.push(left.until, left);
    }
    return true;
  }
}
