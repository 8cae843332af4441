/**
 * How many packets somebody who watches a mix must expect in its pool: each one that came in at t
 * is still there with probability e^(-mu (now - t)). Computed from arrivals only, never from what
 * is really there, so that nothing made of it says more than the links already do.
 */
import type { Millis } from '@tacet/base';

export class ExpectedPool {
  private value = 0;
  private at: Millis = 0;

  /** @param meanMs 1/mu, the mean of the delays in force */
  add(now: Millis, meanMs: Millis): void {
    this.value = this.read(now, meanMs) + 1;
    this.at = now;
  }

  read(now: Millis, meanMs: Millis): number {
    return this.value * Math.exp(-Math.max(0, now - this.at) / meanMs);
  }

  /** When the value will have fallen below `floor`, at the earliest. */
  fallsBelow(floor: number, meanMs: Millis): Millis {
    if (this.value <= floor) return this.at;
    return this.at + meanMs * Math.log(this.value / floor);
  }
}
