/**
 * Marks of boxes filled a moment ago (docs/spec/05-boxes.md, 8): a standing read for one of them
 * comes too late to see it filled and too early to know it from a digest.
 */
import type { Millis } from '@tacet/base';
import { type Mark, markKey } from '@tacet/wire';
import { RECENT_FILL_MS } from '../limits.ts';

export class RecentFills {
  private young = new Set<bigint>();
  private old = new Set<bigint>();
  private turnAt = 0;
  private readonly cap: number;

  constructor(cap: number) {
    this.cap = cap;
  }

  add(mark: Mark, now: Millis): void {
    this.turn(now);
    if (this.young.size < this.cap) this.young.add(markKey(mark));
  }

  has(mark: Mark, now: Millis): boolean {
    this.turn(now);
    const key = markKey(mark);
    return this.young.has(key) || this.old.has(key);
  }

  /** When the oldest are due to be forgotten, though nobody asks. */
  nextAt(): Millis | undefined {
    return this.young.size + this.old.size > 0 ? this.turnAt : undefined;
  }

  /** Each set lives for one span as the young one and for one as the old one. */
  turn(now: Millis): void {
    if (now < this.turnAt) return;
    this.old = now < this.turnAt + RECENT_FILL_MS ? this.young : new Set();
    this.young = new Set();
    this.turnAt = now + RECENT_FILL_MS;
  }
}
