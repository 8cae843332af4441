/**
 * Marks of boxes that were refused although they may be there: the replica was too slow, the
 * connection broke. Their retry finds them and is the first anybody hears of them, so it counts as
 * new; else the box would never be announced. Kept for a while and in memory only: a restarted edge
 * leaves a gap in its digests, which says the same (docs/spec/05-boxes.md, 7).
 */
import { LIMITS } from './limits.ts';

export class Doubts {
  private young = new Set<string>();
  private old = new Set<string>();
  private turnAt = 0;

  add(key: string, now: number): void {
    this.turn(now);
    if (this.young.size < LIMITS.doubts) this.young.add(key);
  }

  /** True once for each that was added. */
  take(key: string, now: number): boolean {
    this.turn(now);
    const wasYoung = this.young.delete(key);
    return this.old.delete(key) || wasYoung;
  }

  /** Each set lives for one span as the young one and for one as the old one. */
  private turn(now: number): void {
    if (now < this.turnAt) return;
    this.old = now < this.turnAt + LIMITS.doubtMs ? this.young : new Set();
    this.young = new Set();
    this.turnAt = now + LIMITS.doubtMs;
  }
}
