/**
 * Notices digests that never came. An edge numbers its digests by time; one that is missing, and
 * is not filled in from its hour of memory soon, may have named a box of ours: an edge was down,
 * or lost what it had not announced yet. Then boxes are asked for without a mark (07-streams 2).
 */
import type { Millis } from '@tacet/base';

/** Numbers kept one by one behind the newest; of all before them, the absence, only the first. */
const MOST = 4_096;

interface EdgeGaps {
  highest: number;
  /** Missing number -> when it was first missed. */
  readonly missing: Map<number, Millis>;
}

export class DigestGaps {
  private readonly edges = new Map<number, EdgeGaps>();
  /** Digest number up to which everything was seen before this process began. */
  private readonly start: number | null;

  constructor(start: number | null) {
    this.start = start;
  }

  /** A digest came, in any order. */
  note(edge: number, number: number, now: Millis): void {
    const held = this.edges.get(edge);
    if (held === undefined) {
      const gaps: EdgeGaps = { highest: number, missing: new Map() };
      this.edges.set(edge, gaps);
      if (this.start !== null) this.miss(gaps, this.start, number, now);
      return;
    }
    held.missing.delete(number);
    if (number <= held.highest) return;
    this.miss(held, held.highest, number, now);
    held.highest = number;
  }

  private miss(gaps: EdgeGaps, after: number, before: number, now: Millis): void {
    const near = Math.max(after + 1, before - MOST);
    if (near > after + 1) gaps.missing.set(after + 1, now);
    for (let n = near; n < before; n++) gaps.missing.set(n, now);
  }

  /** Lowest number still missing, or null. */
  lowest(): number | null {
    let lowest: number | null = null;
    for (const { missing } of this.edges.values()) {
      for (const number of missing.keys()) if (lowest === null || number < lowest) lowest = number;
    }
    return lowest;
  }

  /** Lowest number missed for longer than `patience`; asking forgets all that are as old. */
  takeOverdue(patience: Millis, now: Millis): number | null {
    let lowest: number | null = null;
    for (const { missing } of this.edges.values()) {
      for (const [number, since] of missing) {
        if (now - since < patience) continue;
        missing.delete(number);
        if (lowest === null || number < lowest) lowest = number;
      }
    }
    return lowest;
  }
}
