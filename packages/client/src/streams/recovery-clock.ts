/**
 * When boxes are asked for because digests are missing (docs/spec/07-streams.md 2): at once, and
 * then ever more rarely while an edge keeps losing digests. Nothing is forgotten meanwhile: the
 * oldest point is kept until its turn.
 */
import { DAY, HOUR, type Millis } from '@tacet/base';

const LONGEST_PAUSE: Millis = 4 * HOUR;
/** So long without a missing digest ends the trouble. */
const CALM: Millis = DAY;

export class RecoveryClock {
  private readonly first: Millis;
  private since: Millis | null = null;
  private pause: Millis;
  private last: Millis | null = null;

  /** @param first pause after the first time */
  constructor(first: Millis) {
    this.first = first;
    this.pause = first;
  }

  /** Digests from `since` on are missing for good. */
  missed(since: Millis): void {
    this.since = this.since === null ? since : Math.min(this.since, since);
  }

  /** Something waits to be asked for. */
  get waiting(): boolean {
    return this.since !== null;
  }

  /** The point to recover from, when its time has come; null otherwise. */
  take(now: Millis): Millis | null {
    if (this.since === null) return null;
    if (this.last !== null) {
      const passed = now - this.last;
      // A clock that was set back must not make the next turn wait for ever.
      if (passed >= 0 && passed < this.pause) return null;
      this.pause = passed > CALM ? this.first : Math.min(LONGEST_PAUSE, this.pause * 2);
    }
    const since = this.since;
    this.since = null;
    this.last = now;
    return since;
  }
}
