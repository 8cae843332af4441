/**
 * How early a slot's frame is made, and how early other work stops beginning: from what both took
 * lately on this computer, with its disk. Peaks count at once and fade over a minute or two.
 */
import type { Millis } from '@tacet/base';
import { SLOT_GUARD, SLOT_LEAD, SLOT_LEAD_MAX } from './limits.ts';

const FADE = 0.98;
const MARGIN = 1.25;
/** Gaps longer than this are no rhythm: the link was down. */
const LONGEST_PERIOD: Millis = 60_000;

export class Pace {
  private making: Millis = 0;
  private working: Millis = 0;
  private lastSlot: Millis | null = null;
  private period: Millis = LONGEST_PERIOD;

  /** A slot at `due` had a frame; making it took `took`. */
  slot(due: Millis, took: Millis): void {
    const gap = this.lastSlot === null ? 0 : due - this.lastSlot;
    this.lastSlot = due;
    if (gap > 0 && gap <= LONGEST_PERIOD) this.period = gap;
    this.making = Math.max(took, this.making * FADE);
    this.working *= FADE;
  }

  /** A piece of other work held the thread for `took`. */
  work(took: Millis): void {
    this.working = Math.max(took, this.working);
  }

  /** A frame is made this long before its instant: at most a quarter of the period. */
  get lead(): Millis {
    const wanted = Math.max(SLOT_LEAD, this.making * MARGIN);
    return Math.min(wanted, SLOT_LEAD_MAX, this.period / 4);
  }

  /** Nothing else begins when a slot is nearer than this: at most half of the period. */
  get guard(): Millis {
    return this.guardFor(0);
  }

  /**
   * The same for a piece that is known to take up to `needs`. One that takes longer than the usual begins
   * where all of it is left, or right behind a slot, however short the period is.
   */
  guardFor(needs: Millis): Millis {
    if (needs > SLOT_LEAD_MAX) return needs;
    const room = Math.max(SLOT_GUARD - SLOT_LEAD, this.working * MARGIN, needs);
    return Math.min(this.lead + Math.min(room, SLOT_LEAD_MAX), this.period / 2);
  }
}
