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

  /** Steady time at the wall clock's `now`; `stepped` when the clock was set back since. */
  at(now: Millis): { readonly steady: Millis; readonly stepped: boolean } {
    const stepped = now + this.ahead < this.latest - STEP_MS;
    if (stepped) this.ahead = this.latest - now;
    const steady = now + this.ahead;
    this.latest = Math.max(this.latest, steady);
    return { steady, stepped };
  }

  /** The wall clock at that steady time, if it is not set again. */
  wall(steady: Millis): Millis {
    return steady - this.ahead;
  }
}
