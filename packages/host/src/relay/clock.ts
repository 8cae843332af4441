/**
 * The real clock: wall time with fractions of a millisecond. Runs steadily; a step of the
 * system's clock is taken over within a second.
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
      if (Math.abs(step) > LIMITS.clockStepMs) this.offset += step;
    }
    return steady + this.offset;
  }
}
