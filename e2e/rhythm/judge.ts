/**
 * Judges a recorded trace: one size in each direction, send instants on the grid, stretches alike
 * by the two-sample Kolmogorov-Smirnov test, and the planted fault found.
 */
import { twoSampleKs } from '@tacet/testkit/ks';
import { fitGrid, intervals, quantile } from './grid.ts';
import type { Sighting } from './wiretap.ts';

export interface Stretch {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface Comparison {
  readonly direction: 'up' | 'down';
  readonly pair: string;
  readonly p: number;
  readonly distance: number;
}

export interface Lateness {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface Verdict {
  readonly slotMs: number;
  /** Frames of each stretch, by direction. */
  readonly frames: Readonly<Record<string, readonly [up: number, down: number]>>;
  /** Every size seen with its count, by direction. */
  readonly sizes: Readonly<Record<'up' | 'down', Readonly<Record<string, number>>>>;
  /** To the grid, up, of each stretch. */
  readonly lateness: Readonly<Record<string, Lateness>>;
  readonly missed: number;
  readonly comparisons: readonly Comparison[];
  /** Of idle against the stretch with the planted fault. */
  readonly planted: Comparison;
  /** Least delay of every fourth frame that the test would have found in the burst, ms. */
  readonly detectsMs: number;
  /** Comparisons that differ, which now and then is chance: they stand among the faults, too. */
  readonly differing: readonly string[];
  readonly faults: readonly string[];
}

/** docs/dev/measuring.md, "Same rhythm". */
export const LEAST_P = 0.01;
export const LATEST_MS = 20;
/** Part of the slots that a machine with other work may miss: it stood still over their instant. */
const MISSED = 1 / 20;
const PLANTED = 'planted';

export interface Marks {
  /** Stretches differ when the test finds less. */
  readonly leastP: number;
  /**
   * Nothing else runs here: frames leave within `LATEST_MS` and no slot is missed. Elsewhere only
   * what a person does must not show.
   */
  readonly quiet: boolean;
}

export function judge(
  sightings: readonly Sighting[],
  stretches: readonly Stretch[],
  slotMs: number,
  marks: Marks,
): Verdict {
  const of = (direction: 'up' | 'down', { from, to }: Stretch): Sighting[] =>
    sightings.filter((one) => one.direction === direction && one.at >= from && one.at < to);
  const instants = (direction: 'up' | 'down', stretch: Stretch): number[] =>
    of(direction, stretch).map(({ at }) => at);
  const real = stretches.filter(({ name }) => name !== PLANTED);
  const fault = stretches.find(({ name }) => name === PLANTED);
  const [idle] = real;
  if (idle === undefined || fault === undefined) throw new RangeError('a stretch is missing');

  const all = { name: 'all', from: idle.from, to: real.at(-1)?.to ?? idle.to };
  const fit = fitGrid(instants('up', all), slotMs);
  const comparisons = (['up', 'down'] as const).flatMap((direction) =>
    pairs(real).map(([a, b]) => compare(direction, a, b, instants)),
  );
  const planted = compare('up', idle, fault, instants);
  const lateness: Record<string, Lateness> = {};
  let before = 0;
  for (const stretch of real) {
    const count = of('up', stretch).length;
    lateness[stretch.name] = summary(fit.lateness.slice(before, before + count));
    before += count;
  }
  const verdict = {
    slotMs,
    frames: Object.fromEntries(
      stretches.map((one) => [one.name, [of('up', one).length, of('down', one).length] as const]),
    ),
    sizes: { up: sizes(of('up', all)), down: sizes(of('down', all)) },
    lateness: { ...lateness, all: summary(fit.lateness) },
    missed: fit.missed,
    comparisons,
    planted,
    detectsMs: detects(instants('up', idle), instants('up', real.at(-1) ?? idle)),
  };
  const differing = comparisons.filter(({ p }) => p <= marks.leastP);
  return {
    ...verdict,
    differing: differing.map(nameOf),
    faults: [
      ...faultsOf(verdict, marks),
      ...differing.map((one) => `${nameOf(one)}: p = ${one.p.toPrecision(2)}`),
    ],
  };
}

/** Faults of the second that cannot be chance: a comparison counts when it differs in both. */
export function faultsInBoth(first: Verdict, second: Verdict): string[] {
  const chance = second.differing.filter((name) => !first.differing.includes(name));
  return second.faults.filter((fault) => !chance.some((name) => fault.startsWith(`${name}:`)));
}

const nameOf = ({ pair, direction }: Comparison): string => `${pair} differ ${direction}`;

function faultsOf(verdict: Omit<Verdict, 'faults' | 'differing'>, { quiet }: Marks): string[] {
  const faults: string[] = [];
  for (const direction of ['up', 'down'] as const) {
    const found = Object.keys(verdict.sizes[direction]);
    if (found.length !== 1)
      faults.push(`records of several sizes ${direction}: ${found.join(', ')}`);
  }
  const { p99, p999 } = verdict.lateness['all'] as Lateness;
  // Of fewer frames than a thousand the p99.9 is the maximum: one hiccup of the machine.
  const frames = Object.values(verdict.sizes.up).reduce((sum, n) => sum + n, 0);
  const [name, latest] = frames >= 1_000 ? ['p99.9', p999] : ['p99', p99];
  if (quiet && latest > LATEST_MS) faults.push(`lateness ${name} is ${latest.toFixed(1)} ms`);
  if (verdict.missed > (quiet ? 0 : frames * MISSED)) {
    faults.push(`${verdict.missed} slots without a frame, or with two`);
  }
  if (verdict.planted.p > LEAST_P) {
    faults.push(`the planted fault was not found: p = ${verdict.planted.p.toPrecision(2)}`);
  }
  return faults;
}

function compare(
  direction: 'up' | 'down',
  a: Stretch,
  b: Stretch,
  instants: (direction: 'up' | 'down', stretch: Stretch) => number[],
): Comparison {
  const { p, distance } = twoSampleKs(
    intervals(instants(direction, a)),
    intervals(instants(direction, b)),
  );
  return { direction, pair: `${a.name} and ${b.name}`, p, distance };
}

function pairs<T>(items: readonly T[]): (readonly [T, T])[] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b) => [a, b] as const));
}

function sizes(sightings: readonly Sighting[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type, bytes } of sightings) {
    // 23 is application data; anything else would be a second kind of record.
    const key = type === 23 ? String(bytes) : `${bytes} of type ${type}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function summary(lateness: readonly number[]): Lateness {
  return {
    p50: quantile(lateness, 0.5),
    p99: quantile(lateness, 0.99),
    p999: quantile(lateness, 0.999),
    max: quantile(lateness, 1),
  };
}

/** What the test could have found: the burst again, with every fourth frame held back. */
function detects(idle: readonly number[], burst: readonly number[]): number {
  for (const ms of [0.1, 0.25, 0.5, 1, 2, 5, 10, 20]) {
    const held = burst.map((at, i) => (i % 4 === 0 ? at + ms : at));
    if (twoSampleKs(intervals(idle), intervals(held)).p <= LEAST_P) return ms;
  }
  return Number.POSITIVE_INFINITY;
}
