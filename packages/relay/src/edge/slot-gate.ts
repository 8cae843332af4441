/**
 * The grid of one client link (docs/spec/03-links.md, 4): over any stretch of time no more
 * frames than slots, whatever the network did to single arrivals. `due` is the earliest instant
 * at which the next frame would be on time; a frame may come up to LATE_SLOTS slots before it,
 * because the one before it may have been that late.
 */
import type { Millis } from '@tacet/base';
import { LATE_SLOTS } from '../limits.ts';

export class SlotGate {
  private due = Number.NEGATIVE_INFINITY;

  /** False for an early frame, which then counts for nothing. */
  take(now: Millis, slotMs: Millis): boolean {
    if (now < this.due - LATE_SLOTS * slotMs) return false;
    this.due = Math.max(this.due, now) + slotMs;
    return true;
  }

  /** The client keeps another period from the frame it said so in. */
  change(now: Millis, slotMs: Millis): void {
    this.due = Math.min(this.due, now + slotMs);
  }
}
