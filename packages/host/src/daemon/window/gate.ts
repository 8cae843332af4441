/**
 * One passphrase attempt at a time, and a growing pause after each wrong one: deriving the key
 * costs 256 MiB and a second on purpose, and a page must not be able to queue many.
 */
import { AppError, isAppError, type Millis } from '@tacet/base';
import { PASSPHRASE_PAUSE, PASSPHRASE_PAUSE_MAX } from './limits.ts';

export class PassphraseGate {
  private busy = false;
  private wrong = 0;
  private openAt: Millis = 0;

  /** Throws `window-wait` while closed, otherwise what `attempt` throws. */
  async pass<T>(now: () => Millis, attempt: () => Promise<T>): Promise<T> {
    if (this.busy || now() < this.openAt) {
      throw new AppError('window-wait', 'state', 'wait a moment before the next passphrase');
    }
    this.busy = true;
    try {
      const result = await attempt();
      this.wrong = 0;
      return result;
    } catch (error) {
      if (isAppError(error, 'passphrase-wrong')) {
        this.openAt = now() + Math.min(PASSPHRASE_PAUSE * 2 ** this.wrong, PASSPHRASE_PAUSE_MAX);
        this.wrong += 1;
      }
      throw error;
    } finally {
      this.busy = false;
    }
  }
}
