/** Whether some window is being looked at, by heartbeats that fade. */
import type { Millis } from '@tacet/base';
import { HEARTBEAT_LIFE, MAX_HEARTBEATS } from './limits.ts';

export class Presence {
  private readonly seen = new Map<string, Millis>();

  heartbeat(window: string, visible: boolean, now: Millis): void {
    this.seen.delete(window);
    if (!visible) return;
    this.seen.set(window, now);
    const oldest = this.seen.keys().next().value;
    if (this.seen.size > MAX_HEARTBEATS && oldest !== undefined) this.seen.delete(oldest);
  }

  clear(): void {
    this.seen.clear();
  }

  inUse(now: Millis): boolean {
    for (const [window, at] of this.seen) if (now - at > HEARTBEAT_LIFE) this.seen.delete(window);
    return this.seen.size > 0;
  }
}
