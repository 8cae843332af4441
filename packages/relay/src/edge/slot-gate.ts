/**
 * The grid of one client link (docs/spec/03-links.md, 4): over any stretch of time no more
 * frames than slots, whatever the network did to single arrivals. `due` is the earliest instant
 * at which the next frame would be on time; a frame may come up to LATE_SLOTS slots before it
 * (in Transfer more), because the one before it may have been that late.
 */
import type { Millis } from '@tacet/base';
import { LATE_SLOTS } from '../limits.ts';

export class SlotGate {
  private due: Millis;
  private late = LATE_SLOTS;

  /** A new link owes all the lateness there is: who connects again gains one frame, not three. */
  constructor(now: Millis, slotMs: Millis) {
    this.due = now + LATE_SLOTS * slotMs;
  }

  /** False for an early frame, which then counts for nothing. */
  take(now: Millis, slotMs: Millis): boolean {
    if (this.wait(now, slotMs) > 0) return false;
    this.due = Math.max(this.due, now) + slotMs;
    return true;
  }

  /** How long nothing that comes could pass; 0 when the next frame does. */
  wait(now: Millis, slotMs: Millis): Millis {
    return Math.max(0, this.due - this.late * slotMs - now);
  }

  /**
   * The client keeps another period from the frame it said so in. What is left is counted in slots,
   * so that a change gives nobody a frame more: due - now = n T becomes n T'. After Transfer, whose many
   * short slots of lateness would be as many long ones, n is at most what it can be anywhere else.
   * @param late slots by which a frame may be late from now on
   */
  change(now: Millis, oldMs: Millis, newMs: Millis, late: number = LATE_SLOTS): void {
    const slots = Math.min((this.due - now) / oldMs, late + 1);
    this.due = now + slots * newMs;
    this.late = late;
  }
}
