/**
 * Digests of a network with a known number of people, in virtual time: who is there writes boxes of
 * cover at the rate of the rhythm, and texts besides; edges announce, pad, and may lie.
 */
import {
  HOUR,
  MINUTE,
  type Millis,
  type Rng,
  randomBetween,
  randomBytes,
  randomExponential,
  randomInt,
  SECOND,
} from '@tacet/base';
import { Crowd, type CrowdView, coverRate } from '@tacet/client';
import { defaultParameters, placement, type RelayHash } from '@tacet/directory';
import { makeTestNetwork, seededRng } from '@tacet/testkit';
import type { Digest, Mark } from '@tacet/wire';

const LENGTH: Millis = 75 * MINUTE;
const PAD = 64;
/** From an edge's clock to a client's ear. */
const ON_THE_WAY: Millis = 3 * SECOND;

export interface CrowdRun {
  readonly seed: string;
  readonly people: number;
  readonly edges: number;
  /** Share of people whose window is in use; boxes of texts and receipts each writes a day. */
  readonly inUse: number;
  readonly realADay: number;
  /** What people write in truth is so many times what the document says. */
  readonly coverTimes?: number;
  /** Edges that copy the marks of all others into their digests. */
  readonly liars?: number;
  /** Edges that announce nothing but padding. */
  readonly silent?: number;
}

export interface CrowdOutcome {
  readonly view: CrowdView;
  readonly covers: boolean;
}

export function crowdRun(run: CrowdRun): CrowdOutcome {
  const rng = seededRng(`crowd/${run.seed}`);
  const network = makeTestNetwork({
    seed: `crowd/${run.edges}`,
    edges: run.edges,
    parameters: { ...defaultParameters, crowd: true },
  });
  const { verified } = network;
  const { digestMs } = verified.document.parameters;
  const edges = verified.document.generations[0]?.edges ?? [];
  const crowd = new Crowd(rng);
  const start = Math.ceil(verified.document.publishedAt / HOUR) * HOUR;
  const waiting = edges.map((): { readonly at: Millis; readonly mark: Mark }[] => []);
  const next = edges.map(() => 0);
  for (const { at, mark } of boxes(run, start, rng)) {
    const pause = randomBetween(rng, 5, 60) * SECOND + randomExponential(rng, 3 * SECOND);
    for (const [n, home] of placement(verified, mark).entries()) {
      waiting[edges.indexOf(home)]?.push({ at: at + n * pause, mark });
    }
  }
  for (const queue of waiting) queue.sort((a, b) => a.at - b.at);
  let before: Mark[] = [];
  for (let at = start; at < start + LENGTH; at += digestMs) {
    const said: Mark[] = [];
    for (const [n, edge] of edges.entries()) {
      const marks: Mark[] = [];
      for (;;) {
        const one = waiting[n]?.[next[n] ?? 0];
        if (one === undefined || one.at > at) break;
        next[n] = (next[n] ?? 0) + 1;
        if (n >= (run.silent ?? 0)) marks.push(one.mark);
      }
      if (n < (run.liars ?? 0)) marks.push(...before);
      while (marks.length === 0 || marks.length % PAD !== 0)
        marks.push(randomBytes(rng, 8) as Mark);
      said.push(...marks);
      crowd.onDigest(digestOf(edge, at / digestMs, marks), verified, at + ON_THE_WAY);
    }
    before = said.slice(0, 4_096 - PAD);
  }
  const view = crowd.view(start + LENGTH);
  const { low, high } = view;
  const covers = low !== null && high !== null && low <= run.people && run.people <= high;
  return { view, covers };
}

function digestOf(edge: RelayHash, number: number, marks: readonly Mark[]): Digest {
  return { edge, number, marks } as Digest;
}

/** First copies of everybody's boxes, in order. */
function* boxes(
  run: CrowdRun,
  start: Millis,
  rng: Rng,
): Generator<{ readonly at: Millis; readonly mark: Mark }> {
  const { slotMs, inUseSlotMs } = defaultParameters;
  const quick = Math.round(run.inUse * run.people);
  const cover =
    quick * coverRate(inUseSlotMs, defaultParameters) +
    (run.people - quick) * coverRate(slotMs, defaultParameters);
  const real = (run.people * run.realADay) / (24 * 3_600);
  const rate = cover * (run.coverTimes ?? 1) + real;
  // It went on before, and what was begun then is announced for the second time now.
  for (let at = start - 2 * MINUTE; ; ) {
    at += randomExponential(rng, SECOND / rate);
    if (at >= start + LENGTH) return;
    yield { at, mark: randomBytes(rng, 8) as Mark };
  }
}

/** A run of the kind that `people` may be in: so many edges, windows, texts as chance has it. */
export function chanceRun(people: number, seed: string): CrowdRun {
  const rng = seededRng(`chance/${seed}`);
  return {
    seed,
    people,
    edges: 2 + randomInt(rng, 7),
    inUse: randomBetween(rng, 0, 0.6),
    realADay: randomBetween(rng, 0, 150),
  };
}
