/** How late slots are written: a histogram of fixed size, a quarter of a millisecond a step. */
import type { LatenessView } from '@tacet/api';
import type { Millis } from '@tacet/base';

const STEP = 0.25;
const STEPS = 4_000;

export class Lateness {
  private readonly counts = new Uint32Array(STEPS);
  private slots = 0;
  private missed = 0;
  private max = 0;

  add(late: Millis): void {
    const at = Math.min(STEPS - 1, Math.max(0, Math.floor(late / STEP)));
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.slots += 1;
    this.max = Math.max(this.max, late);
  }

  /** A slot that fell into a sleep or a step of the clock: not written, not late. */
  miss(): void {
    this.missed += 1;
  }

  view(): LatenessView {
    return {
      slots: this.slots,
      missed: this.missed,
      p50: this.quantile(0.5),
      p99: this.quantile(0.99),
      p999: this.quantile(0.999),
      max: Math.round(this.max * 100) / 100,
    };
  }

  /** Upper edge of the step in which the quantile lies. */
  private quantile(q: number): Millis {
    let left = Math.ceil(this.slots * q);
    for (let i = 0; i < STEPS; i++) {
      left -= this.counts[i] ?? 0;
      if (left <= 0) return this.slots === 0 ? 0 : Math.min((i + 1) * STEP, this.max);
    }
    return this.max;
  }
}
