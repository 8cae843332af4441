/**
 * How full the store is, as this edge knows it: what the store counted last, and what was stored
 * since. Several edge processes may share one store; the count tells each about the others.
 */
import type { Millis } from '@tacet/base';
import { STORE_COUNT_MS } from '../limits.ts';
import { lifeDays } from './box-life.ts';

export class StoreRoom {
  private readonly capacity: number;
  private held = 0;
  private countAt = Number.NEGATIVE_INFINITY;

  /** @param capacity boxes the store may hold */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** True once in a while: the store is to be counted now. */
  isDue(now: Millis): boolean {
    if (now < this.countAt) return false;
    this.countAt = now + STORE_COUNT_MS;
    return true;
  }

  counted(held: number): void {
    this.held = held;
  }

  stored(): void {
    this.held += 1;
  }

  /** Days a box lives that is filled now; null: there is no room for it. */
  lifeDays(longest: number): number | null {
    return lifeDays(this.held / this.capacity, longest);
  }
}
