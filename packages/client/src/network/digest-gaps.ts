/**
 * Notices digests that never came. An edge numbers its digests by time; one that is missing, and
 * is not filled in from its hour of memory soon, may have named a box of ours: an edge was down,
 * or lost what it had not announced yet. Then boxes are asked for without a mark (07-streams 2).
 */
import type { Millis } from '@tacet/base';

/** Numbers looked at behind the newest; older ones are an absence, not a gap. */
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
    for (let n = Math.max(after + 1, before - MOST); n < before; n++) gaps.missing.set(n, now);
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
