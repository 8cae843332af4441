/**
 * Reports "no progress while there is work": texts wait, and for longer than the network's
 * own delays explain nothing has been answered.
 */
import { MINUTE, type Millis } from '@tacet/base';

const LEAST: Millis = 2 * MINUTE;

export class Watchdog {
  private lastProgress: Millis;
  private barking = false;
  private storedSeen = 0;

  constructor(now: Millis) {
    this.lastProgress = now;
  }

  get stalled(): boolean {
    return this.barking;
  }

  progress(now: Millis): void {
    this.lastProgress = now;
    this.barking = false;
  }

  /** True once when work has stood still for too long. */
  check(work: number, usual: Millis, now: Millis): boolean {
    if (work === 0) {
      this.progress(now);
      return false;
    }
    if (this.barking || now - this.lastProgress < Math.max(LEAST, 20 * usual)) return false;
    this.barking = true;
    return true;
  }

  /** Answers to cover are no progress: only what was stored, or nothing left to store. */
  look(work: number, stored: number, usual: Millis, now: Millis): boolean {
    if (stored !== this.storedSeen) {
      this.storedSeen = stored;
      this.progress(now);
    }
    return this.check(work, usual, now);
  }
}
