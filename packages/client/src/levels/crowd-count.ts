/**
 * Boxes that both of their homes announced, by minute and pair of edges (docs/spec/17-levels.md,
 * 6). Digests are padded with random marks, and an edge can write into its own what it likes:
 * only a mark that two edges name, and that belongs at these two, was a box.
 */
import { MINUTE, type Millis, type Rng, randomInt } from '@tacet/base';
import type { Mark } from '@tacet/wire';
import { MAX_CROWD_MARKS, MAX_CROWD_MINUTES, MAX_CROWD_PLACED } from '../limits.ts';
import { keyOf } from '../network/keys.ts';

/** An edge, as `keyOf` its hash. */
export type EdgeKey = number;

interface Named {
  readonly edge: EdgeKey;
  readonly at: Millis;
  /** Of so many marks one was kept when it was named. */
  readonly share: number;
}

export interface CountedMinute {
  readonly minute: number;
  /** Digests heard, by edge. */
  readonly digests: Map<EdgeKey, number>;
  /** Boxes announced by both, by pair. */
  readonly pairs: Map<string, number>;
  /** Counted, before shares: what chance goes by. */
  seen: number;
}

export class CrowdCount {
  private readonly named = new Map<number, Named>();
  private readonly minutes = new Map<number, CountedMinute>();
  /** Which marks are kept, when there are too many, nobody outside can know. */
  private readonly factor: number;
  private readonly shift: number;
  private level = 0;
  private cleanAt: Millis = 0;

  constructor(rng: Rng) {
    this.factor = (randomInt(rng, 0x8000_0000) * 2 + 1) | 0;
    this.shift = randomInt(rng, 0x8000_0000);
  }

  get size(): number {
    return this.named.size;
  }

  /**
   * @param at when the digest was made
   * @param join how far apart the two announcements of a box may be
   */
  take(
    edge: EdgeKey,
    marks: readonly Mark[],
    at: Millis,
    join: Millis,
    homes: (mark: Mark) => readonly [EdgeKey, EdgeKey],
  ): void {
    const minute = this.minute(Math.floor(at / MINUTE));
    minute.digests.set(edge, (minute.digests.get(edge) ?? 0) + 1);
    let placed = 0;
    // One for all of a digest: most of its marks are padding, and there are many.
    const naming: Named = { edge, at, share: 2 ** this.level };
    for (const mark of marks) {
      const key = keyOf(mark);
      if (!this.keeps(key)) continue;
      const first = this.named.get(key);
      if (first === undefined) {
        this.named.set(key, naming);
        continue;
      }
      if (first.edge === edge || Math.abs(at - first.at) > join || placed >= MAX_CROWD_PLACED) {
        continue;
      }
      placed += 1;
      const pair = pairOf(...homes(mark));
      if (pair !== pairOf(first.edge, edge)) {
        // Who copies a mark that is not its own must not stand in the way of its homes.
        if (!pair.split(' ').includes(String(first.edge))) {
          this.named.set(key, { ...first, edge });
        }
        continue;
      }
      this.named.delete(key);
      const weight = Math.max(first.share, naming.share);
      minute.pairs.set(pair, (minute.pairs.get(pair) ?? 0) + weight);
      minute.seen += 1;
    }
    this.clean(at, join);
  }

  /** The clock was set back: what was counted lies in a future that is over. */
  forget(): void {
    this.named.clear();
    this.minutes.clear();
    this.cleanAt = 0;
  }

  of(minute: number): CountedMinute | undefined {
    return this.minutes.get(minute);
  }

  private minute(minute: number): CountedMinute {
    const had = this.minutes.get(minute);
    if (had !== undefined) return had;
    const made: CountedMinute = { minute, digests: new Map(), pairs: new Map(), seen: 0 };
    this.minutes.set(minute, made);
    return made;
  }

  private clean(at: Millis, join: Millis): void {
    while (this.named.size > MAX_CROWD_MARKS) {
      this.level += 1;
      for (const [key] of this.named) if (!this.keeps(key)) this.named.delete(key);
    }
    if (at < this.cleanAt) return;
    this.cleanAt = at + MINUTE;
    // In order of arrival, which is nearly that of time.
    for (const [key, named] of this.named) {
      if (named.at > at - 2 * join) break;
      this.named.delete(key);
    }
    if (this.level > 0 && this.named.size < MAX_CROWD_MARKS / 8) this.level -= 1;
    const oldest = Math.floor(at / MINUTE) - MAX_CROWD_MINUTES;
    for (const [minute] of this.minutes) if (minute < oldest) this.minutes.delete(minute);
  }

  private keeps(key: number): boolean {
    if (this.level === 0) return true;
    const mixed = (Math.imul((key % 0x1_0000_0000) | 0, this.factor) + this.shift) >>> 0;
    return mixed < 2 ** (32 - this.level);
  }
}

export function pairOf(a: EdgeKey, b: EdgeKey): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
