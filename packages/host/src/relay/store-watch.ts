/**
 * Does the box store work? Judged by what it did with the commands it was given: an edge asks it
 * something once a minute at least, so that what broke, and what is well again, shows by itself.
 */
import type { Millis } from '@tacet/base';
import type { StoreResult } from '@tacet/relay';
import { LIMITS } from './limits.ts';

export class StoreWatch {
  /** Commands under way, oldest first: when each was given. */
  private readonly since = new Set<{ readonly at: Millis }>();
  private failing = false;
  private readonly steady: () => Millis;

  constructor(steady: () => Millis = () => performance.now()) {
    this.steady = steady;
  }

  get pending(): number {
    return this.since.size;
  }

  /** A command goes to the store; the result is handed to what this returns. */
  begin(): (result: StoreResult) => void {
    const entry = { at: this.steady() };
    this.since.add(entry);
    return ({ kind }) => {
      this.since.delete(entry);
      this.failing = kind === 'failed';
    };
  }

  /** In words an operator can act on; null when nothing is wrong. */
  get problem(): string | null {
    const [oldest] = this.since;
    if (oldest !== undefined && this.steady() - oldest.at > LIMITS.storeSilentMs) {
      return 'the box store does not answer';
    }
    return this.failing
      ? 'the box store failed the last command (disk full, or not reached?)'
      : null;
  }
}
