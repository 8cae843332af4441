/**
 * Drives a machine with the real clock: inputs as they come, one timer at its next deadline,
 * effects in order. Deadlines are kept to the nearest millisecond: the system's timers have that
 * step, so a deadline less than half of it ahead counts as reached, and the mean error is zero
 * without anybody spinning.
 */
import type { Clock, Millis } from '@tacet/base';
import type { Machine } from '@tacet/relay';
import { LIMITS } from './limits.ts';

const HALF_STEP: Millis = 0.5;
/** What a timer fires late, on the average, with the step taken off. */
const USUAL_LATENESS: Millis = 0.25;
/** A clock further back than this was set back: inputs and deadlines are rounded by less. */
const CLOCK_BACK: Millis = 100;

export interface DriverOptions<Effect> {
  readonly machine: Machine<Effect>;
  readonly clock: Clock;
  /** Called with what `drain` gave; must not call back into the driver before it returns. */
  readonly perform: (effects: readonly Effect[]) => void;
}

export class MachineDriver<Effect> {
  private readonly machine: Machine<Effect>;
  private readonly clock: Clock;
  private readonly perform: (effects: readonly Effect[]) => void;
  private timer: NodeJS.Timeout | null = null;
  private armedFor: Millis = Number.POSITIVE_INFINITY;
  private latest: Millis = Number.NEGATIVE_INFINITY;
  private stopped = false;

  constructor(options: DriverOptions<Effect>) {
    this.machine = options.machine;
    this.clock = options.clock;
    this.perform = options.perform;
  }

  /** Hands something to the machine, then does what follows from it. */
  input(feed: (now: Millis) => void): void {
    if (this.stopped) return;
    const now = this.clock.now();
    // The machine hears of it at once, and not when the deadlines of before are reached again.
    if (now < this.latest - CLOCK_BACK) this.machine.advance(now);
    this.latest = now;
    feed(now);
    this.settle(now);
  }

  /** Looks at the clock although nothing came in. */
  poke(): void {
    this.input(() => undefined);
  }

  /** No effect leaves after this. */
  stop(): void {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private settle(now: Millis): void {
    const reached = now + HALF_STEP;
    const due = this.machine.deadline();
    if (due !== null && due <= reached) this.machine.advance(reached);
    const effects = this.machine.drain();
    if (effects.length > 0) this.perform(effects);
    this.arm();
  }

  private arm(): void {
    const due = this.machine.deadline();
    if (due === null) return;
    // A timer that fires too early only looks again: cheaper than setting it anew for each input.
    if (this.timer !== null && this.armedFor <= due) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.armedFor = due;
    const wait = Math.floor(due - this.clock.now() + USUAL_LATENESS);
    this.timer = setTimeout(
      () => {
        this.timer = null;
        this.armedFor = Number.POSITIVE_INFINITY;
        this.poke();
      },
      Math.max(1, Math.min(wait, LIMITS.timerMs)),
    );
  }
}
