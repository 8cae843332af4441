/**
 * One passphrase attempt at a time, and a growing pause after wrong ones: deriving the key costs 256 MiB
 * and a second on purpose, and nobody at a door must be able to queue many. Wrong ones are counted, and
 * nothing else comes of them.
 */
import { AppError, isAppError, type Millis } from '@tacet/base';
import { PASSPHRASE_PAUSE, PASSPHRASE_PAUSE_MAX } from './limits.ts';

export class PassphraseGate {
  private readonly code: string;
  /** Wrong ones after which nobody waits: slips of the finger. */
  private readonly free: number;
  private busy = false;
  private count = 0;
  private openAt: Millis = 0;

  /** @param code what is thrown while it is closed */
  constructor(code: 'window-wait' | 'passphrase-wait', free = 0) {
    this.code = code;
    this.free = free;
  }

  /** Wrong ones in a row. */
  get wrong(): number {
    return this.count;
  }

  /** Throws `code` while closed, otherwise what `attempt` throws. */
  async pass<T>(now: () => Millis, attempt: () => Promise<T>): Promise<T> {
    if (this.busy || now() < this.openAt) {
      throw new AppError(this.code, 'state', 'wait a moment before the next passphrase');
    }
    this.busy = true;
    try {
      const result = await attempt();
      this.count = 0;
      return result;
    } catch (error) {
      if (isAppError(error, 'passphrase-wrong')) this.close(now());
      throw error;
    } finally {
      this.busy = false;
    }
  }

  private close(now: Millis): void {
    const doubled = this.count - this.free;
    this.count += 1;
    if (doubled < 0) return;
    this.openAt = now + Math.min(PASSPHRASE_PAUSE * 2 ** doubled, PASSPHRASE_PAUSE_MAX);
  }
}
