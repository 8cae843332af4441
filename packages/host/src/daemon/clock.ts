/**
 * The real clock: wall time that runs steadily between checks. A step (the clock was set, the
 * computer slept) shows only at `check`, so a step never falls into the middle of a decision.
 */
import type { Clock, Millis } from '@tacet/base';
import { CLOCK_STEP } from './limits.ts';

export interface Sources {
  readonly wall: () => Millis;
  /** Never goes back; may stand still while the computer sleeps. */
  readonly steady: () => Millis;
}

const system: Sources = { wall: () => Date.now(), steady: () => performance.now() };

export class SystemClock implements Clock {
  private readonly sources: Sources;
  private offset: Millis;

  constructor(sources: Sources = system) {
    this.sources = sources;
    this.offset = sources.wall() - sources.steady();
  }

  now(): Millis {
    return this.sources.steady() + this.offset;
  }

  /** How far the clock had to be moved, 0 almost always; negative: it went back. */
  check(): Millis {
    const step = this.sources.wall() - this.now();
    if (Math.abs(step) < CLOCK_STEP) return 0;
    this.offset += step;
    return step;
  }
}
