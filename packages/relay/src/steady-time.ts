/**
 * Time for waiting, beside the wall clock. When that is set, what was promised for a moment of the
 * old clock would come late by as much, or all at once: a pool that leaves at one stroke mixes
 * nothing. Steady time goes on through every step that the host tells of.
 */
import type { Millis } from '@tacet/base';

export class SteadyTime {
  private ahead: Millis = 0;

  /** The wall clock shows `by` more, or less, than it would have shown. */
  step(by: Millis): void {
    this.ahead -= by;
  }

  /** Steady time at that time of the wall clock, read since the last step. */
  of(now: Millis): Millis {
    return now + this.ahead;
  }

  /** The wall clock at that steady time, if it is not set again. */
  wall(steady: Millis): Millis {
    return steady - this.ahead;
  }
}
