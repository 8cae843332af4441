/**
 * The fixed grid (docs/spec/03-links.md, 4): one frame each period, the phase random per
 * connection. A slot is never moved and never skipped while the machine runs; after a sleep the
 * missed slots are gone, there is no catch-up.
 */
import { type Millis, type Rng, randomBetween } from '@tacet/base';

export class Grid {
  private period: Millis;
  private next: Millis;

  constructor(rng: Rng, period: Millis, now: Millis) {
    this.period = period;
    this.next = now + randomBetween(rng, 0, period);
  }

  get nextAt(): Millis {
    return this.next;
  }

  get periodMs(): Millis {
    return this.period;
  }

  /** True once for each slot that has come; slots missed by more than a period are dropped. */
  take(now: Millis): boolean {
    if (now < this.next) return false;
    const missed = Math.floor((now - this.next) / this.period);
    this.next += (missed + 1) * this.period;
    return true;
  }

  /** Changes the rhythm from the next slot on. */
  setPeriod(period: Millis): void {
    this.next += period - this.period;
    this.period = period;
  }
}
