/** Pauses between attempts to reach a peer: doubling, capped, and jittered over their upper half. */
import { type Millis, type Rng, randomBetween } from '@tacet/base';

export class Backoff {
  private attempts = 0;
  private readonly rng: Rng;
  private readonly firstMs: Millis;
  private readonly capMs: Millis;

  constructor(rng: Rng, options: { firstMs: Millis; capMs: Millis }) {
    this.rng = rng;
    this.firstMs = options.firstMs;
    this.capMs = options.capMs;
  }

  /** The pause before the next attempt. */
  next(): Millis {
    const full = Math.min(this.capMs, this.firstMs * 2 ** Math.min(this.attempts, 30));
    this.attempts += 1;
    return randomBetween(this.rng, full / 2, full);
  }

  /** After a link that held. */
  reset(): void {
    this.attempts = 0;
  }
}
