/**
 * Paths through the mixes (docs/spec/06-directory.md, 9): a fresh random mix of each layer for
 * every packet, preferring four relays of different operator families, then of different
 * countries, and an exponential wait at each. A preference, never a rule that would lead all
 * packets through the few relays that fit best in countries.
 */
import { AppError, type Millis, type Rng, randomExponential, randomInt } from '@tacet/base';
import type { Hop, Path } from '@tacet/onion';
import { MAX_PATH_DRAWS } from './limits.ts';
import { relayIndex } from './lookup.ts';
import { delayCapMs } from './parameters.ts';
import {
  bestClash,
  type Candidate,
  clashOf,
  FAMILY_CLASH,
  type Plan,
  planOf,
  search,
} from './plan.ts';
import type { Parameters, RelayHash, VerifiedDocument } from './types.ts';

export interface PathOptions {
  /** The box's edge of a request, the reader's own edge of a reply. */
  readonly last: RelayHash;
  /** Wait in the last layer instead of a drawn one: 0 in a reply. */
  readonly lastDelayMs?: Millis;
}

type Mixes = readonly [Candidate, Candidate, Candidate];

/**
 * @throws `path-epoch` when the document has no relay with a key for the epoch in some layer,
 * `path-relay` when `last` is no edge with a key in it.
 */
export function drawPath(
  rng: Rng,
  verified: VerifiedDocument,
  epoch: number,
  options: PathOptions,
): Path {
  const plan = planOf(verified, epoch);
  if (plan === null) {
    throw new AppError('path-epoch', 'state', 'the document has no complete path for that epoch');
  }
  const index = relayIndex(verified, options.last);
  const last = index === null ? undefined : plan.edges.get(index);
  if (last === undefined) {
    throw new AppError('path-relay', 'missing', 'no such edge in the document of that epoch');
  }
  const { parameters } = verified.document;
  const lastDelay = options.lastDelayMs ?? drawDelay(rng, parameters);
  if (!Number.isInteger(lastDelay) || lastDelay < 0 || lastDelay > delayCapMs(parameters)) {
    throw new AppError('path-delay', 'bug', 'a delay is a whole number of ms up to the cap');
  }
  const [a, b, c] = drawMixes(rng, plan, last);
  return {
    epoch,
    documentHash: verified.hash,
    hops: [
      hop(a, drawDelay(rng, parameters)),
      hop(b, drawDelay(rng, parameters)),
      hop(c, drawDelay(rng, parameters)),
      hop(last, lastDelay),
    ],
  };
}

/** An exponential delay in whole ms; draws beyond the cap, one in 10^12, are drawn again. */
export function drawDelay(rng: Rng, parameters: Pick<Parameters, 'delayMeanMs'>): Millis {
  const cap = delayCapMs(parameters);
  for (;;) {
    const delay = Math.round(randomExponential(rng, parameters.delayMeanMs));
    if (delay <= cap) return delay;
  }
}

/** The waits of all four layers together. */
export function pathDelay(path: Path): Millis {
  return path.hops.reduce((sum, hop) => sum + hop.delayMs, 0);
}

function hop(candidate: Candidate, delayMs: Millis): Hop {
  return { index: candidate.index, key: candidate.key, delayMs };
}

/** Uniform draws until one clashes as little as possible; after eight, the best of them. */
function drawMixes(rng: Rng, plan: Plan, last: Candidate): Mixes {
  const best = bestClash(plan, last);
  let chosen = drawOnce(rng, plan);
  let clash = clashOf(...chosen, last);
  for (let i = 1; i < MAX_PATH_DRAWS && clash > best; i++) {
    const next = drawOnce(rng, plan);
    const nextClash = clashOf(...next, last);
    if (nextClash < clash) {
      chosen = next;
      clash = nextClash;
    }
  }
  const families = Math.floor(best / FAMILY_CLASH);
  if (Math.floor(clash / FAMILY_CLASH) > families) {
    search(plan, last, offsets(rng, plan), (found, mixes) => {
      if (Math.floor(found / FAMILY_CLASH) > families) return false;
      chosen = mixes;
      return true;
    });
  }
  return chosen;
}

function drawOnce(rng: Rng, plan: Plan): Mixes {
  const [one, two, three] = plan.layers;
  return [draw(rng, one), draw(rng, two), draw(rng, three)];
}

function draw(rng: Rng, layer: readonly Candidate[]): Candidate {
  return layer[randomInt(rng, layer.length)] as Candidate;
}

function offsets(rng: Rng, plan: Plan): [number, number, number] {
  const [one, two, three] = plan.layers;
  return [randomInt(rng, one.length), randomInt(rng, two.length), randomInt(rng, three.length)];
}
