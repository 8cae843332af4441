/**
 * When a frame may leave beside the grid (docs/spec/17-levels.md, 2: Fast). The edge lets through
 * one frame a period and forgives lateness of two (docs/spec/03-links.md, 4); this keeps the same
 * account with one, so that a frame may still be late by a period on the way and is never early.
 */
import type { Millis } from '@tacet/base';

/** Of the edge's two periods; the other one is for the line. */
const ALLOWED = 1;

export class ExtraSlots {
  private readonly period: Millis;
  /** From then on the next frame is on time. */
  private due: Millis;

  /** @param period what the edge was told, from `from` on */
  constructor(period: Millis, from: Millis) {
    this.period = period;
    this.due = from + (ALLOWED + 1) * period;
  }

  /** A frame leaves, in a slot or beside them. */
  left(at: Millis): void {
    this.due = Math.max(this.due, at) + this.period;
  }

  /** The first instant from `from` on; null when none comes that leaves the next slot on time. */
  next(from: Millis, slot: Millis): Millis | null {
    const at = Math.max(from, this.due - ALLOWED * this.period);
    const after = Math.max(this.due, at) + this.period;
    return at < slot && after - ALLOWED * this.period <= slot ? at : null;
  }
}
