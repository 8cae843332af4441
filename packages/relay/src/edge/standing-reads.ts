/**
 * Reads that wait for a box (docs/spec/05-boxes.md, 8). Found by mark when a box is stored, and
 * in order of age when there are too many.
 */
import type { Millis } from '@tacet/base';
import { type Mark, markKey } from '@tacet/wire';
import type { Ticket } from './ticket.ts';

export interface StandingRead {
  readonly marks: readonly [Mark, Mark, Mark];
  readonly ticket: Ticket;
  readonly until: Millis;
  done: boolean;
}

export class StandingReads {
  private readonly waiting = new Set<StandingRead>();
  private readonly byMark = new Map<bigint, StandingRead[]>();

  get size(): number {
    return this.waiting.size;
  }

  get oldest(): StandingRead | undefined {
    for (const read of this.waiting) return read;
    return undefined;
  }

  add(read: StandingRead): void {
    this.waiting.add(read);
    for (const mark of read.marks) {
      const key = markKey(mark);
      const list = this.byMark.get(key);
      if (list === undefined) this.byMark.set(key, [read]);
      else if (!list.includes(read)) list.push(read);
    }
  }

  /** Reads that wait for this mark; they wait no longer. */
  release(mark: Mark): readonly StandingRead[] {
    const reads = this.byMark.get(markKey(mark));
    if (reads === undefined) return [];
    const released = [...reads];
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
    return true;
  }
}
