/**
 * The marks of the last five minutes of digests, by edge: what cover reads are drawn from
 * (docs/spec/04-mixing.md, 7), and where boxes are looked up whose writer was quicker than the word
 * of them (09-meeting.md, 4). Fake and real marks look alike here too.
 */
import { keyOf, MINUTE, type Millis, pick, type Rng, randomInt } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import { MARK, type Mark, packedMarks } from '@tacet/wire';
import { MAX_RECENT_MARKS } from '../limits.ts';

const WINDOW: Millis = 5 * MINUTE;

interface Batch {
  readonly at: Millis;
  /** Side by side: an array for each of 65,536 of an edge would cost thirteen times their bytes. */
  readonly marks: Uint8Array;
}

/** What one digest named. */
export interface Named {
  readonly edge: RelayHash;
  /** Side by side, as `packedMarks` gives them. */
  readonly marks: Uint8Array;
}

interface EdgeMarks {
  readonly edge: RelayHash;
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
  add(edge: RelayHash, at: Millis, marks: readonly Mark[], now: Millis): void {
    if (at < now - WINDOW) return;
    const key = keyOf(edge);
    let held = this.byEdge.get(key);
    if (held === undefined) {
      held = { edge, batches: [], total: 0 };
      this.byEdge.set(key, held);
    }
    held.batches.push({ at, marks: packedMarks(marks) });
    held.total += marks.length;
    this.prune(held, now);
  }

  private prune(held: EdgeMarks, now: Millis): void {
    while (held.batches.length > 1) {
      const oldest = held.batches[0] as Batch;
      if (oldest.at >= now - WINDOW && held.total <= MAX_RECENT_MARKS) return;
      held.batches.shift();
      held.total -= oldest.marks.length / MARK;
    }
  }

  /** A mark of that edge, or random bytes of the same shape while none is known. */
  draw(edgeKey: number): Mark {
    const held = this.byEdge.get(edgeKey);
    if (held === undefined || held.batches.length === 0) {
      return this.rng.fill(new Uint8Array(MARK)) as Mark;
    }
    const { marks } = pick(this.rng, held.batches);
    const place = MARK * randomInt(this.rng, marks.length / MARK);
    return marks.slice(place, place + MARK) as Mark;
  }

  /** All that is kept and was named in the last five minutes. */
  *recent(now: Millis): Generator<Named> {
    for (const { edge, batches } of this.byEdge.values()) {
      for (const { at, marks } of batches) if (at >= now - WINDOW) yield { edge, marks };
    }
  }

  forget(): void {
    this.byEdge.clear();
  }
}
