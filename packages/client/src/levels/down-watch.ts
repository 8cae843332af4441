/**
 * Whether frames down come at the rate of Transfer (docs/spec/03-links.md, 4): the only answer an
 * edge gives to who asks for it. Any other clock brings at most a quarter as many.
 */
import type { Millis } from '@tacet/base';

/** Slots in one look, and frames down of them that are enough: half. */
const LOOK_SLOTS = 16;
const ENOUGH = LOOK_SLOTS;
/** Looks in a row after which the clock runs; after which it does not any more. */
const RUNS = 3;
const STANDS = 20;

export class DownWatch {
  private from: Millis = 0;
  private frames = 0;
  private good = 0;
  private bad = 0;

  reset(now: Millis): void {
    this.from = now;
    this.frames = 0;
    this.good = 0;
    this.bad = 0;
  }

  frame(): void {
    this.frames += 1;
  }

  /** Counts the looks that are over. @param slotMs the period of Transfer */
  advance(slotMs: Millis, now: Millis): void {
    const look = LOOK_SLOTS * slotMs;
    // The clock was set back.
    if (now < this.from) this.reset(now);
    if (now - this.from < look) return;
    // What came in a time that nobody looked at says nothing of each part of it.
    const looks = Math.floor((now - this.from) / look);
    const enough = this.frames >= looks * ENOUGH;
    this.good = enough ? this.good + 1 : 0;
    this.bad = enough ? 0 : this.bad + looks;
    this.from += looks * look;
    this.frames = 0;
  }

  get runs(): boolean {
    return this.good >= RUNS;
  }

  get stands(): boolean {
    return this.bad >= STANDS;
  }
}
