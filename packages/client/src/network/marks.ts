/**
 * The marks of the last five minutes of digests, by edge: what cover reads are drawn from
 * (docs/spec/04-mixing.md, 7). Fake and real marks look alike here too.
 */
import { MINUTE, type Millis, pick, type Rng } from '@tacet/base';
import type { Mark } from '@tacet/wire';
import { MAX_RECENT_MARKS } from '../limits.ts';

const WINDOW: Millis = 5 * MINUTE;

interface Batch {
  readonly at: Millis;
  readonly marks: readonly Mark[];
}

interface EdgeMarks {
  batches: Batch[];
  total: number;
}

export class RecentMarks {
  private readonly byEdge = new Map<number, EdgeMarks>();
  private readonly rng: Rng;

  constructor(rng: Rng) {
    this.rng = rng;
  }

  /** @param at the digest's time (number x digestMs). */
  add(edgeKey: number, at: Millis, marks: readonly Mark[], now: Millis): void {
    if (at < now - WINDOW) return;
    let held = this.byEdge.get(edgeKey);
    if (held === undefined) {
      held = { batches: [], total: 0 };
      this.byEdge.set(edgeKey, held);
    }
    held.batches.push({ at, marks });
    held.total += marks.length;
    this.prune(held, now);
  }

  private prune(held: EdgeMarks, now: Millis): void {
    while (held.batches.length > 1) {
      const oldest = held.batches[0] as Batch;
      if (oldest.at >= now - WINDOW && held.total <= MAX_RECENT_MARKS) return;
      held.batches.shift();
      held.total -= oldest.marks.length;
    }
  }

  /** A mark of that edge, or random bytes of the same shape while none is known. */
  draw(edgeKey: number): Mark {
    const held = this.byEdge.get(edgeKey);
    if (held === undefined || held.batches.length === 0) {
      return this.rng.fill(new Uint8Array(8)) as Mark;
    }
    return pick(this.rng, pick(this.rng, held.batches).marks);
  }

  forget(): void {
    this.byEdge.clear();
  }
}
