/**
 * When each link is given its next frame down: every half up period from a phase of its own
 * (docs/spec/03-links.md, 5), whether or not there is anything to tell.
 */
import { DeadlineHeap, type Millis, type Rng, randomBetween } from '@tacet/base';
import type { Link } from './sessions.ts';

export class DownClock {
  private readonly links = new DeadlineHeap<Link>();
  private readonly rng: Rng;

  constructor(rng: Rng) {
    this.rng = rng;
  }

  start(link: Link, now: Millis): void {
    link.nextDownAt = now + randomBetween(this.rng, 0, link.slotMs / 2);
    this.links.push(link.nextDownAt, link);
  }

  nextAt(): Millis | undefined {
    return this.links.nextAt;
  }

  /**
   * The next open link whose moment has come, and that moment. Moments slept through are not made up
   * for.
   */
  take(now: Millis): { readonly link: Link; readonly due: Millis } | undefined {
    for (;;) {
      const link = this.links.popDue(now);
      if (link === undefined) return undefined;
      if (!link.open) continue;
      const due = link.nextDownAt;
      if (link.downUntil <= now) link.downSlotMs = link.slotMs;
      const half = link.downSlotMs / 2;
      const slept = Math.floor((now - link.nextDownAt) / half);
      link.nextDownAt += (slept + 1) * half;
      this.links.push(link.nextDownAt, link);
      return { link, due };
    }
  }
}
