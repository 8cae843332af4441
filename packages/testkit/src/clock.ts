/** A clock that stands still until a test moves it, never backwards unless told to. */
import type { Clock, Millis } from '@tacet/base';

export class FakeClock implements Clock {
  private time: Millis;

  constructor(start: Millis) {
    this.time = start;
  }

  now(): Millis {
    return this.time;
  }

  advance(by: Millis): Millis {
    this.time += by;
    return this.time;
  }

  /** For tests of clocks that jump, either way. */
  set(to: Millis): void {
    this.time = to;
  }
}
