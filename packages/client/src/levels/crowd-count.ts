/**
 * Boxes that both of their homes announced, by minute and pair of edges (docs/spec/17-levels.md,
 * 6). Digests are padded with random marks, and an edge can write into its own what it likes:
 * only a mark that two edges name, and that belongs at these two, was a box.
 */
import { keyOf, MINUTE, type Millis, type Rng, randomInt } from '@tacet/base';
import { MARK, type Mark, packedMarks } from '@tacet/wire';
import { MAX_CROWD_MARKS, MAX_CROWD_MINUTES, MAX_CROWD_PLACED } from '../limits.ts';
import { MarkTable, type Scatter } from './mark-table.ts';

/** An edge, as `keyOf` its hash. */
export type EdgeKey = number;

/** A digest by which marks were named. */
interface Naming {
  readonly edge: EdgeKey;
  readonly at: Millis;
  /** Of so many marks one was kept when they were named. */
  readonly share: number;
  /** Marks that stand by it: named once, waiting for their other home. */
  waits: number;
}

/** In the place of a digest: both homes named the mark, and it is counted. */
const COUNTED = 0;

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
  /** By which of `namings` a mark was named, or `COUNTED`. */
  private marks: MarkTable;
  private namings: (Naming | null)[] = [null];
  private readonly minutes = new Map<number, CountedMinute>();
  /** Which marks are kept, when there are too many, nobody outside can know. */
  private readonly scatter: Scatter;
  private readonly shift: number;
  private level = 0;
  private cleanAt: Millis = 0;

  constructor(rng: Rng) {
    const factor = (randomInt(rng, 0x8000_0000) * 2 + 1) | 0;
    this.shift = randomInt(rng, 0x8000_0000);
    this.scatter = { low: factor, high: this.shift * 2 + 1 };
    this.marks = new MarkTable(this.scatter, 0);
  }

  get size(): number {
    return this.marks.size;
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
    this.makeRoom(marks.length, at - 2 * join);
    let placed = 0;
    // One for all of a digest: most of its marks are padding, and there are many.
    const naming: Naming = { edge, at, share: 2 ** this.level, waits: 0 };
    const own = this.namings.push(naming) - 1;
    const packed = packedMarks(marks);
    for (let n = 0; n < marks.length; n++) {
      const key = keyOf(packed, n * MARK);
      if (!this.keeps(key)) continue;
      const slot = this.marks.at(key);
      const value = this.marks.value(slot);
      if (value === undefined) {
        this.marks.set(slot, key, own);
        naming.waits += 1;
        continue;
      }
      const first = this.namings[value] ?? null;
      if (first === null || first.edge === edge || Math.abs(at - first.at) > join) continue;
      if (placed >= MAX_CROWD_PLACED) continue;
      placed += 1;
      const pair = pairOf(...homes(marks[n] as Mark));
      if (pair !== pairOf(first.edge, edge)) {
        // Who copies a mark that is not its own must not stand in the way of its homes.
        if (pair.split(' ').includes(String(first.edge))) continue;
        this.marks.set(slot, key, own);
        first.waits -= 1;
        naming.waits += 1;
        continue;
      }
      this.marks.set(slot, key, COUNTED);
      first.waits -= 1;
      const weight = Math.max(first.share, naming.share);
      minute.pairs.set(pair, (minute.pairs.get(pair) ?? 0) + weight);
      minute.seen += 1;
    }
    this.clean(at);
  }

  /** The clock was set back: what was counted lies in a future that is over. */
  forget(): void {
    this.marks = new MarkTable(this.scatter, 0);
    this.namings = [null];
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

  /** @param past what was named before that is not waited for any more */
  private makeRoom(more: number, past: Millis): void {
    const { marks, namings } = this;
    const many = MAX_CROWD_MARKS / 2;
    const room = Math.min(marks.room, MAX_CROWD_MARKS);
    if (marks.size + more <= room && namings.length <= many) return;
    // All that stand here are of those this level keeps; of a higher one fewer are.
    let kept = 0;
    for (const naming of namings) if (naming !== null && naming.at > past) kept += naming.waits;
    for (; kept > many; kept = this.waiting(past)) this.level += 1;
    this.marks = new MarkTable(this.scatter, Math.min(2 * kept + more, MAX_CROWD_MARKS));
    this.namings = [null];
    // Where each digest stands now; 0 for one that nothing is kept of.
    const moved = new Uint16Array(namings.length);
    for (const [value, naming] of namings.entries()) {
      if (naming === null || naming.at <= past || naming.waits === 0) continue;
      moved[value] = this.namings.push(naming) - 1;
      naming.waits = 0;
    }
    marks.forEach((key, value) => {
      const to = moved[value] as number;
      const naming = this.namings[to] ?? null;
      if (naming === null || !this.keeps(key)) return;
      naming.waits += 1;
      this.marks.set(this.marks.at(key), key, to);
    });
    if (this.level > 0 && kept < many / 4) this.level -= 1;
  }

  /** How many marks are still waited for of those that this level keeps. */
  private waiting(past: Millis): number {
    const { namings } = this;
    let found = 0;
    this.marks.forEach((key, value) => {
      if ((namings[value]?.at ?? 0) > past && this.keeps(key)) found += 1;
    });
    return found;
  }

  private clean(at: Millis): void {
    if (at < this.cleanAt) return;
    this.cleanAt = at + MINUTE;
    const oldest = Math.floor(at / MINUTE) - MAX_CROWD_MINUTES;
    for (const [minute] of this.minutes) if (minute < oldest) this.minutes.delete(minute);
  }

  private keeps(key: number): boolean {
    if (this.level === 0) return true;
    const mixed = (Math.imul(key | 0, this.scatter.low) + this.shift) >>> 0;
    return mixed < 2 ** (32 - this.level);
  }
}

export function pairOf(a: EdgeKey, b: EdgeKey): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
