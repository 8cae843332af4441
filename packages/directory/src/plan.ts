/**
 * What drawing paths needs, worked out once for a document and an epoch: the relays that have a
 * key for it, by layer, with families and countries as small integers, and for each last relay
 * how few clashes are possible at all.
 */
import type { KemPublicKey } from '@tacet/crypto';
import type { RelayHash, VerifiedDocument } from './types.ts';

export interface Candidate {
  readonly index: number;
  readonly key: KemPublicKey;
  readonly family: number;
  readonly country: number;
}

export interface Plan {
  /** Mixes of layers 1, 2, 3; none is empty. */
  readonly layers: readonly [readonly Candidate[], readonly Candidate[], readonly Candidate[]];
  /** Edges by index. */
  readonly edges: ReadonlyMap<number, Candidate>;
  /** The same by hash, in the order of the document. */
  readonly edgeHashes: readonly RelayHash[];
  /** Smallest clash any path to that edge has; filled on first use. */
  readonly best: Map<number, number>;
}

/** A family clash weighs more than all country clashes of a path together (at most 6 pairs). */
export const FAMILY_CLASH = 8;

const plans = new WeakMap<VerifiedDocument, Map<number, Plan | null>>();

/** Null when some layer has no relay with a key for `epoch`, or the document is not valid in it. */
export function planOf(verified: VerifiedDocument, epoch: number): Plan | null {
  const { document } = verified;
  if (epoch < document.epoch || epoch >= document.epoch + document.parameters.validEpochs) {
    return null;
  }
  let byEpoch = plans.get(verified);
  if (byEpoch === undefined) {
    byEpoch = new Map();
    plans.set(verified, byEpoch);
  }
  let plan = byEpoch.get(epoch);
  if (plan === undefined) {
    plan = makePlan(verified, epoch);
    byEpoch.set(epoch, plan);
  }
  return plan;
}

function makePlan(verified: VerifiedDocument, epoch: number): Plan | null {
  const layers: [Candidate[], Candidate[], Candidate[]] = [[], [], []];
  const edges = new Map<number, Candidate>();
  const families = new Map<string, number>();
  const countries = new Map<string, number>();
  verified.document.relays.forEach((relay, index) => {
    const key = relay.keys[epoch - relay.firstEpoch];
    if (key === undefined) return;
    const family = number(families, relay.family);
    // An unknown country is like no other, so that it neither helps nor harms.
    const country = number(countries, relay.country === 'ZZ' ? `ZZ${index}` : relay.country);
    const candidate = { index, key, family, country };
    if (relay.role === 'edge') edges.set(index, candidate);
    else layers[(relay.layer - 1) as 0 | 1 | 2].push(candidate);
  });
  if (edges.size === 0 || layers.some((layer) => layer.length === 0)) return null;
  const edgeHashes = verified.relayHashes.filter((_, index) => edges.has(index));
  return { layers, edges, edgeHashes, best: new Map() };
}

function number(table: Map<string, number>, text: string): number {
  const known = table.get(text);
  if (known !== undefined) return known;
  table.set(text, table.size);
  return table.size - 1;
}

/** 8 for each pair of one family, 1 for each pair of one country. */
export function clashOf(a: Candidate, b: Candidate, c: Candidate, d: Candidate): number {
  return pair(a, b) + pair(a, c) + pair(a, d) + pair(b, c) + pair(b, d) + pair(c, d);
}

function pair(a: Candidate, b: Candidate): number {
  return (a.family === b.family ? FAMILY_CLASH : 0) + (a.country === b.country ? 1 : 0);
}

/** The smallest clash of all paths to `last`: one pass over the mixes, once per edge. */
export function bestClash(plan: Plan, last: Candidate): number {
  const known = plan.best.get(last.index);
  if (known !== undefined) return known;
  let best = Number.POSITIVE_INFINITY;
  search(plan, last, [0, 0, 0], (clash) => {
    best = Math.min(best, clash);
    return best === 0;
  });
  plan.best.set(last.index, best);
  return best;
}

/** Visits every choice of mixes, from an offset in each layer, until `stop` says so. */
export function search(
  plan: Plan,
  last: Candidate,
  offsets: readonly [number, number, number],
  stop: (clash: number, mixes: readonly [Candidate, Candidate, Candidate]) => boolean,
): void {
  const [one, two, three] = plan.layers;
  for (const a of rotated(one, offsets[0])) {
    for (const b of rotated(two, offsets[1])) {
      for (const c of rotated(three, offsets[2])) {
        if (stop(clashOf(a, b, c, last), [a, b, c])) return;
      }
    }
  }
}

function rotated<T>(items: readonly T[], offset: number): readonly T[] {
  return [...items.slice(offset), ...items.slice(0, offset)];
}
