/**
 * Time for waiting, beside the wall clock: when that is set back, what a machine has promised for
 * a moment of the old clock would come late by as much. Steady time goes on from where it was.
 */
import type { Millis } from '@tacet/base';

/** Less is no step: timers are rounded, and inputs come between. */
const STEP_MS: Millis = 100;

export class SteadyTime {
  private latest: Millis = Number.NEGATIVE_INFINITY;
  private ahead: Millis = 0;

  /** Looks at the wall clock; true when it was set back since the last look. */
  look(now: Millis): boolean {
    const stepped = this.of(now) < this.latest - STEP_MS;
    if (stepped) this.ahead = this.latest - now;
    this.latest = Math.max(this.latest, this.of(now));
    return stepped;
  }

  /** Steady time at that time of the wall clock, as it was looked at last. */
  of(now: Millis): Millis {
    return now + this.ahead;
  }

  /** The wall clock at that steady time, if it is not set again. */
  wall(steady: Millis): Millis {
    return steady - this.ahead;
  }
}
