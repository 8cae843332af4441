/**
 * Locks windows when nobody touched anything for as long as the owner chose (docs/spec/21-lock.md, 2). What windows ask
 * by themselves is no sign of anybody; that somebody pressed a key in one is.
 */
import { MINUTE, type Millis } from '@tacet/base';
import type { Caller } from './core.ts';
import { IDLE_LOOK } from './limits.ts';

/** Asked by programs that wait, and by people who look what became of the daemon. */
const QUIET: ReadonlySet<string> = new Set([
  'status',
  'events.read',
  'events.position',
  'events.ack',
]);

export class IdleLock {
  private readonly now: () => Millis;
  private readonly lock: () => void;
  private timer: NodeJS.Timeout | null = null;
  private minutes = 0;
  private touchedAt: Millis = 0;

  /** @param now by the wall clock: a computer that slept was touched by nobody */
  constructor(now: () => Millis, lock: () => void) {
    this.now = now;
    this.lock = lock;
  }

  /** From now on; 0: never. */
  set(minutes: number): void {
    this.stop();
    this.minutes = minutes;
    this.touch();
    if (minutes === 0) return;
    this.timer = setInterval(() => this.look(), IDLE_LOOK);
    this.timer.unref();
  }

  touch(): void {
    this.touchedAt = this.now();
  }

  /** A call that was let in. */
  heard(method: string, params: unknown, { kind, token }: Caller): void {
    if (token !== undefined || kind === 'inside') return;
    const isHand =
      kind === 'window'
        ? typeof params === 'object' &&
          params !== null &&
          'touched' in params &&
          params.touched === true
        : !QUIET.has(method);
    if (isHand) this.touch();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private look(): void {
    const now = this.now();
    // The clock was set back.
    if (now < this.touchedAt) this.touchedAt = now;
    if (now - this.touchedAt < this.minutes * MINUTE) return;
    this.stop();
    this.lock();
  }
}
