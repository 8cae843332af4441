/**
 * When a window counts as in use (Balanced): from the first heartbeat until at least thirty
 * minutes after the last, the end random, so that closing a window does not show.
 */
import { MINUTE, type Millis, type Rng, randomBetween } from '@tacet/base';
import type { Level } from '../views.ts';

const LEAST: Millis = 30 * MINUTE;
const MOST: Millis = 60 * MINUTE;

export class InUse {
  private readonly rng: Rng;
  private until: Millis = 0;

  constructor(rng: Rng) {
    this.rng = rng;
  }

  /** A window is open and visible. */
  beat(now: Millis): void {
    if (this.until < now + LEAST) this.until = now + randomBetween(this.rng, LEAST, MOST);
  }

  active(level: Level, now: Millis): boolean {
    return level === 'balanced' && now < this.until;
  }
}
