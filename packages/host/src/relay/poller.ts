/** Repeats an attempt at the times it asks for; never two at once. */
import type { Millis } from '@tacet/base';

export class Poller {
  private readonly attempt: () => Promise<Millis>;
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private stopped = false;

  /** @param attempt does its work, catches its errors, returns the pause before the next. */
  constructor(attempt: () => Promise<Millis>) {
    this.attempt = attempt;
  }

  start(): void {
    if (this.stopped || this.running !== null) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.running = this.attempt().then((pause) => {
      this.running = null;
      if (this.stopped) return;
      this.timer = setTimeout(() => this.start(), Math.min(Math.max(pause, 1), 2 ** 31 - 1));
    });
  }

  /** Resolves when an attempt on its way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }
}
