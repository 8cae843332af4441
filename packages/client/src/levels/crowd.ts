/**
 * How many people are on the network now, as far as a client can know (docs/spec/17-levels.md, 6):
 * a range, with what it rests on. Whoever is there writes boxes of cover at a rate that the document
 * sets; digests name all boxes.
 */
import { DAY, keyOf, MINUTE, type Millis, type Rng } from '@tacet/base';
import { type Parameters, placement, type VerifiedDocument } from '@tacet/directory';
import type { Digest, Mark } from '@tacet/wire';
import { CrowdCount, type EdgeKey, pairOf } from './crowd-count.ts';

/** Later than the longest pause before a second copy: a slot, the mixes, a digest. */
const SLACK: Millis = 2 * MINUTE;
/** Digests of a minute may still be on their way for so many minutes. */
const LAG = 2;
/** Fewer minutes, or boxes, say too little. */
const LEAST_MINUTES = 10;
const LEAST_BOXES = 30;
const MOST_MINUTES = 60;
/** Digests of a minute that must have been heard, of those an edge makes. */
const COMPLETE = 0.9;
/** Random marks placed with each digest heard, until there are enough: how many boxes each pair gets. */
const PLACED_EACH = 8;
const PLACED = 4_096;
/** Slots that a box of cover takes after the one that writes it: a copy, a read, two erasures. */
const ERRANDS = 4;
/** Boxes of content and receipts a day that a busy person writes besides. */
const REAL_A_DAY = 200;
/** Standard deviations either way. */
const SURE = 2;
/** An edge whose boxes speak for another crowd than half of the edges do. */
const ODD = 1.5;

export interface CrowdView {
  /**
   * `no-crowd`: the network says so itself. `one-edge`: nothing that a single edge says is taken.
   * `listening`: too few digests heard yet.
   */
  readonly state: 'no-crowd' | 'one-edge' | 'listening' | 'estimate';
  /** People on the network, oneself included. */
  readonly low: number | null;
  readonly high: number | null;
  /** log2 of `high`: nobody can be hidden better. */
  readonly bits: number | null;
  /** What it rests on. */
  readonly boxes: number;
  readonly minutes: number;
  readonly edges: number;
  /** Edges whose boxes speak for quite another number: one may lie, or lose. */
  readonly oddEdges: number;
}

type Rates = Pick<Parameters, 'slotMs' | 'inUseSlotMs' | 'coverPutPermille' | 'loopPermille'>;

/** Boxes of cover a second that somebody writes who sends nothing else. */
export function coverRate(
  period: Millis,
  { coverPutPermille, loopPermille }: Pick<Rates, 'coverPutPermille' | 'loopPermille'>,
): number {
  const share = coverPutPermille / 1_000;
  const slots = (1_000 / period) * (1 - loopPermille / 1_000);
  return (slots * share) / (1 + ERRANDS * share);
}

export class Crowd {
  private readonly rng: Rng;
  private readonly count: CrowdCount;
  private verified: VerifiedDocument | null = null;
  /** Of the newest store generation: random marks placed, by pair. */
  private placed = new Map<string, number>();
  private samples = 0;
  private generation: string | null = null;
  /** The document of the last sample. */
  private sampled: VerifiedDocument | null = null;

  constructor(rng: Rng) {
    this.rng = rng;
    this.count = new CrowdCount(rng);
  }

  onDigest(digest: Digest, verified: VerifiedDocument, now: Millis): void {
    const { digestMs, secondCopyMaxMs } = verified.document.parameters;
    const at = digest.number * digestMs;
    const join = secondCopyMaxMs + SLACK;
    this.verified = verified;
    // Those of the past come in any order, one by one.
    if (Math.abs(now - at) > join) return;
    this.sample(verified);
    this.count.take(keyOf(digest.edge), digest.marks, at, join, (mark) => homes(verified, mark));
  }

  /** The clock was set back. */
  setBack(): void {
    this.count.forget();
  }

  view(now: Millis): CrowdView {
    const { verified } = this;
    if (verified === null) return nothing('listening');
    const { parameters, generations } = verified.document;
    if (!parameters.crowd || parameters.coverPutPermille === 0) return nothing('no-crowd');
    const edges = (generations[0]?.edges ?? []).map((edge) => keyOf(edge));
    if (new Set(edges).size < 2) return nothing('one-edge');
    return this.estimate(edges, parameters, now);
  }

  private estimate(edges: readonly EdgeKey[], parameters: Parameters, now: Millis): CrowdView {
    const least = (COMPLETE * MINUTE) / parameters.digestMs;
    const join = Math.ceil((parameters.secondCopyMaxMs + SLACK) / MINUTE);
    const last = Math.floor(now / MINUTE) - LAG;
    const heard = (edge: EdgeKey, minute: number): boolean =>
      (this.count.of(minute)?.digests.get(edge) ?? 0) >= least;
    // An edge that is silent now is left out, with its boxes.
    const there = edges.filter((edge) => heard(edge, last));
    let minutes = 0;
    while (minutes < MOST_MINUTES + join && there.every((edge) => heard(edge, last - minutes))) {
      minutes += 1;
    }
    // A box whose first announcement was before that would be missed.
    minutes -= join;
    if (there.length < 2 || minutes < LEAST_MINUTES || this.samples < PLACED / 8) {
      return nothing('listening');
    }
    const { byEdge, seen } = this.boxes(there, last, minutes);
    if (seen < LEAST_BOXES) return { ...nothing('listening'), boxes: seen, minutes };
    return this.range(byEdge, there, seen, minutes, parameters);
  }

  /** What the boxes of each edge say about all boxes of the network, a second. */
  private range(
    byEdge: ReadonlyMap<EdgeKey, number>,
    there: readonly EdgeKey[],
    seen: number,
    minutes: number,
    parameters: Parameters,
  ): CrowdView {
    const shares = this.shares(there);
    const rates = there.map((edge) => {
      const share = shares.get(edge) ?? 0;
      return share === 0 ? 0 : (byEdge.get(edge) ?? 0) / share / (minutes * 60);
    });
    const rate = median(rates);
    const share = median([...shares.values()]);
    const noise = Math.sqrt(1 / seen + (1 - share) / (share * this.samples));
    const quick = coverRate(parameters.inUseSlotMs, parameters) + (REAL_A_DAY * 1_000) / DAY;
    const low = (rate * Math.max(0, 1 - SURE * noise)) / quick;
    const high = (rate * (1 + SURE * noise)) / coverRate(parameters.slotMs, parameters);
    const odd = rates.filter((one) => one > ODD * rate || rate > ODD * one).length;
    const most = Math.max(1, Math.ceil(high));
    return {
      state: 'estimate',
      low: Math.max(1, Math.floor(low)),
      high: most,
      bits: Math.round(10 * Math.log2(most)) / 10,
      boxes: seen,
      minutes,
      edges: there.length,
      oddEdges: odd,
    };
  }

  private boxes(
    there: readonly EdgeKey[],
    last: number,
    minutes: number,
  ): { readonly byEdge: Map<EdgeKey, number>; readonly seen: number } {
    const byEdge = new Map<EdgeKey, number>();
    let seen = 0;
    for (let minute = last - minutes + 1; minute <= last; minute++) {
      const counted = this.count.of(minute);
      if (counted === undefined) continue;
      seen += counted.seen;
      for (const [pair, n] of counted.pairs) addPair(byEdge, there, pair, n);
    }
    return { byEdge, seen };
  }

  /** How likely a box has this edge, and another of them, for its homes. */
  private shares(there: readonly EdgeKey[]): Map<EdgeKey, number> {
    const shares = new Map<EdgeKey, number>();
    for (const [pair, n] of this.placed) addPair(shares, there, pair, n / this.samples);
    return shares;
  }

  /** Samples hold for as long as documents name the same edges. */
  private begin(verified: VerifiedDocument): void {
    this.sampled = verified;
    const [newest] = verified.document.generations;
    const edges = newest?.edges.map((edge) => keyOf(edge)).join() ?? '';
    if (edges === this.generation) return;
    this.generation = edges;
    this.placed = new Map();
    this.samples = 0;
  }

  private sample(verified: VerifiedDocument): void {
    if (verified !== this.sampled) this.begin(verified);
    for (let n = 0; n < PLACED_EACH && this.samples < PLACED; n++) {
      const mark = this.rng.fill(new Uint8Array(8)) as Mark;
      const pair = pairOf(...homes(verified, mark));
      this.placed.set(pair, (this.placed.get(pair) ?? 0) + 1);
      this.samples += 1;
    }
  }
}

function homes(verified: VerifiedDocument, mark: Mark): readonly [EdgeKey, EdgeKey] {
  const [a, b, third] = verified.document.generations[0]?.edges ?? [];
  // Of two edges both are home to every box, in whichever order.
  if (a !== undefined && b !== undefined && third === undefined) return [keyOf(a), keyOf(b)];
  const [first, second] = placement(verified, mark);
  return [keyOf(first), keyOf(second)];
}

/** Counts a pair for both of its edges, if both are among them. */
function addPair(
  sums: Map<EdgeKey, number>,
  among: readonly EdgeKey[],
  pair: string,
  n: number,
): void {
  const both = pair.split(' ').map(Number);
  if (!both.every((edge) => among.includes(edge))) return;
  for (const edge of both) sums.set(edge, (sums.get(edge) ?? 0) + n);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

function nothing(state: CrowdView['state']): CrowdView {
  return {
    state,
    low: null,
    high: null,
    bits: null,
    boxes: 0,
    minutes: 0,
    edges: 0,
    oddEdges: 0,
  };
}
