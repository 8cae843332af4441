/**
 * When a passphrase is answered (docs/spec/10-store.md, 9): a wrong one, one that opens and one that
 * destroys differ by a database that is opened, or headers that are overwritten. Nobody who waits sees it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ANSWER_STEP } from './limits.ts';

export class AnswerTime {
  private readonly step: number;
  private from: number | null = null;

  /** @param step milliseconds; 0 answers at once */
  constructor(step = ANSWER_STEP) {
    this.step = step;
  }

  /** The root is known: what went before takes every passphrase the same. */
  begin(): void {
    this.from = performance.now();
  }

  /** Resolves at the next whole step since. */
  async due(): Promise<void> {
    if (this.step === 0 || this.from === null) return;
    const since = performance.now() - this.from;
    await pause(Math.ceil(since / this.step) * this.step - since);
  }
}
