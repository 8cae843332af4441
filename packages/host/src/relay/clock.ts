/**
 * The real clock: wall time with fractions of a millisecond. Runs steadily; a step of the
 * system's clock, or a sleep of the machine, is taken over within a second and told of.
 */
import type { Clock, Millis } from '@tacet/base';
import { LIMITS } from './limits.ts';

export interface TimeSources {
  readonly wall: () => Millis;
  readonly steady: () => Millis;
}

const SYSTEM: TimeSources = { wall: () => Date.now(), steady: () => performance.now() };

export class RelayClock implements Clock {
  private readonly sources: TimeSources;
  private offset: Millis;
  private checkedAt: Millis;
  /** Told of each step, by how much, before anybody is given a time by the clock as it is set. */
  onStep: (by: Millis, now: Millis) => void = () => undefined;

  constructor(sources: TimeSources = SYSTEM) {
    this.sources = sources;
    this.checkedAt = sources.steady();
    this.offset = sources.wall() - this.checkedAt;
  }

  now(): Millis {
    const steady = this.sources.steady();
    if (steady - this.checkedAt >= LIMITS.clockCheckMs) {
      this.checkedAt = steady;
      const step = this.sources.wall() - steady - this.offset;
      if (Math.abs(step) > LIMITS.clockStepMs) {
        this.offset += step;
        this.onStep(step, steady + this.offset);
      }
    }
    return steady + this.offset;
  }
}
