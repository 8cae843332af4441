/** Repeats an attempt at the times it asks for; never two at once. */
import type { Millis } from '@tacet/base';

export class Poller {
  private readonly attempt: () => Promise<Millis>;
  private timer: NodeJS.Timeout | null = null;
  private running = false;
  /** True once `stop` was called: what an attempt on its way brings is not wanted any more. */
  stopped = false;

  /** @param attempt does its work, catches its errors, returns the pause before the next. */
  constructor(attempt: () => Promise<Millis>) {
    this.attempt = attempt;
  }

  start(): void {
    if (this.stopped || this.running) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.running = true;
    this.attempt().then((pause) => {
      this.running = false;
      if (this.stopped) return;
      this.timer = setTimeout(() => this.start(), Math.min(Math.max(pause, 1), 2 ** 31 - 1));
    });
  }

  /** An attempt on its way is not waited for: it may hang on somebody else. */
  stop(): void {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }
}
