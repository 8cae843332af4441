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

export interface DriverOptions<Effect> {
  readonly machine: Machine<Effect>;
  readonly clock: Clock;
  /** Called with what `drain` gave; must not call back into the driver before it returns. */
  readonly perform: (effects: readonly Effect[]) => void;
  /** Brings in what has been got ready elsewhere. True: more will be, so look again in a moment. */
  readonly gather?: () => boolean;
}

export class MachineDriver<Effect> {
  private readonly machine: Machine<Effect>;
  private readonly clock: Clock;
  private readonly perform: (effects: readonly Effect[]) => void;
  private readonly gather: () => boolean;
  private gathering = false;
  private timer: NodeJS.Timeout | null = null;
  private firesAt: Millis = Number.POSITIVE_INFINITY;
  private latest: Millis = Number.NEGATIVE_INFINITY;
  private stopped = false;

  constructor(options: DriverOptions<Effect>) {
    this.machine = options.machine;
    this.clock = options.clock;
    this.perform = options.perform;
    this.gather = options.gather ?? (() => false);
  }

  /** Hands something to the machine, then does what follows from it. */
  input(feed: (now: Millis) => void): void {
    if (this.stopped) return;
    const now = this.clock.now();
    this.latest = now;
    feed(now);
    this.settle(now);
  }

  /** The clock was set: what the timer waits for has another time by it, or another moment. */
  onClockStep(by: Millis, now: Millis): void {
    this.firesAt += by;
    this.latest += by;
    this.machine.onClockStep?.(by, now);
  }

  /** Looks at the clock although nothing came in. */
  poke(): void {
    this.input(() => undefined);
  }

  /** Something to gather is on its way: looks every `collectMs` until there is nothing more. */
  expect(): void {
    if (this.stopped) return;
    this.gathering = true;
    const now = this.clock.now();
    if (Math.abs(now - this.latest) >= LIMITS.collectMs) this.poke();
    else this.arm(now);
  }

  /** No effect leaves after this. */
  stop(): void {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private settle(now: Millis): void {
    this.gathering = this.gather();
    const reached = now + HALF_STEP;
    const due = this.machine.deadline();
    if (due !== null && due <= reached) this.machine.advance(reached);
    const effects = this.machine.drain();
    if (effects.length > 0) this.perform(effects);
    this.arm(this.clock.now());
  }

  private arm(now: Millis): void {
    const due = this.machine.deadline() ?? Number.POSITIVE_INFINITY;
    const next = this.gathering ? Math.min(due, now + LIMITS.collectMs) : due;
    if (next === Number.POSITIVE_INFINITY) return;
    const wait = Math.max(1, Math.min(Math.floor(next - now + USUAL_LATENESS), LIMITS.timerMs));
    // A timer that fires too early only looks again: cheaper than setting it anew for each input.
    if (this.timer !== null && this.firesAt <= now + wait) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.firesAt = now + wait;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.poke();
    }, wait);
  }
}
