/**
 * The operator's path: a network of three operators by the page, people who write to each other,
 * and a mix and an edge replaced while they do. Texts written meanwhile are compared with those
 * written before and after, because the machine this runs on is not equally busy all the time.
 */
import { seededRng } from '@tacet/testkit';
import { sleep } from '../lib/program.ts';
import { exceedance } from './exceedance.ts';
import { Flow, type Line, type Sent } from './flow.ts';
import { meetFromNothing } from './fresh.ts';
import { meet } from './meet.ts';
import { ThreeOperators } from './network.ts';
import type { PersonMachine } from './person.ts';

/** In pairs of neighbours who write to each other; the last ones only if nobody else is where somebody must be. */
const PEOPLE = {
  person: '192.0.2.77',
  dora: '198.51.100.77',
  emil: '203.0.113.77',
  fina: '192.0.2.78',
  gero: '198.51.100.78',
  hana: '203.0.113.78',
  ivan: '192.0.2.79',
  jana: '198.51.100.79',
  kurt: '203.0.113.79',
  lena: '192.0.2.80',
} as const;
const USUAL = 6;
const FRESH = { fresh: '192.0.2.88' } as const;

/** Of one direction of one pair: some three texts a second of all. */
const PACE = 2_000;
/** Before the first replacement, and after the second. */
const CALM = 120_000;
/** An epoch in which the last of a replacement is felt. */
const AFTER = 60_000;
const PATIENCE = 120_000;

/** What becomes of the texts that were written while a relay was replaced. */
export interface Replacement {
  readonly seconds: number;
  readonly texts: number;
  readonly p50_s: number;
  readonly p99_s: number;
  readonly max_s: number;
  /** Those that took longer than 99 % of the calm ones. */
  readonly later_than_p99: number;
  /** That so many or more do, if the replacement delays nothing. */
  readonly chance: number;
}

export interface Result {
  /** From the first command to the last process ready. */
  readonly network_up_s: number;
  /** From nothing but a full invitation to a secure session, on a machine of its own. */
  readonly fresh_ready_s: number;
  readonly people: number;
  /** Of them those whose own edge was the one that was replaced. */
  readonly people_moved: number;
  readonly texts_calm: number;
  readonly calm_p50_s: number;
  readonly calm_p99_s: number;
  readonly calm_max_s: number;
  readonly mix: Replacement;
  readonly edge: Replacement;
  readonly lost: number;
  readonly twice: number;
}

export function run(seed: string, say: (line: string) => void): Promise<Result> {
  return ThreeOperators.with({ ...PEOPLE, ...FRESH }, say, async (operators) => {
    const network_up_s = await operators.follow(1, 2, 3);
    say(`network up after ${network_up_s.toFixed(0)} s`);
    const people = await settle(operators);
    const moving = await operators.guests('carol', people);
    say(`${people.length} people, at Carol's edge: ${moving.map(({ name }) => name).join(', ')}`);
    const [first] = people as [PersonMachine];
    await first.says('tacet network status');
    const flow = new Flow(await linesOf(people), seededRng(seed));
    flow.start(PACE);
    await sleep(CALM);
    const mix = await timed(() => operators.follow(5, 6));
    say(`replaced a mix in ${secondsBetween(mix).toFixed(0)} s`);
    const edge = await timed(() => operators.follow(7));
    say(`replaced an edge in ${secondsBetween(edge).toFixed(0)} s`);
    await sleep(AFTER + CALM);
    const sent = await flow.end(PATIENCE);
    const fresh_ready_s = await meetFromNothing(first, operators.stranger('fresh'));
    say(`secure session ready after ${fresh_ready_s.toFixed(0)} s on a fresh machine`);
    return {
      ...{ network_up_s, fresh_ready_s, people: people.length, people_moved: moving.length },
      ...compare(sent, { mix, edge }, say),
    };
  });
}

/** Everybody is in the network, and somebody's own edge is Carol's. */
async function settle(operators: ThreeOperators): Promise<PersonMachine[]> {
  const people: PersonMachine[] = [];
  const names = Object.keys(PEOPLE);
  for (let i = 0; i < names.length; i += 2) {
    const known = people.length >= USUAL ? await operators.guests('carol', people) : [];
    if (known.length > 0) break;
    const pair: PersonMachine[] = [];
    for (const name of names.slice(i, i + 2)) pair.push(await operators.person(name));
    await Promise.all(
      pair.map(async (one) => {
        // The first does it by the page.
        if (one.name === names[0]) await operators.follow(4);
        else await one.says('tacet network join network.card --wait --timeout 2m');
      }),
    );
    people.push(...pair);
  }
  return people;
}

/** Epoch ms. */
interface Span {
  readonly from: number;
  readonly to: number;
}

async function timed(work: () => Promise<unknown>): Promise<Span> {
  const from = Date.now();
  await work();
  return { from, to: Date.now() };
}

function secondsBetween({ from, to }: Span): number {
  return (to - from) / 1_000;
}

async function linesOf(people: readonly PersonMachine[]): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [i, host] of people.entries()) {
    const guest = people[i + 1];
    if (i % 2 === 1 || guest === undefined) continue;
    const { atHost, atGuest } = await meet(host, guest);
    lines.push({ from: host, to: guest, toId: atHost, fromId: atGuest });
    lines.push({ from: guest, to: host, toId: atGuest, fromId: atHost });
  }
  return lines;
}

type Comparison = Omit<Result, 'network_up_s' | 'fresh_ready_s' | 'people' | 'people_moved'>;

/**
 * Each text belongs to the span it was written in, a while after a replacement too: what it delays
 * must not raise the mark it is judged by. The calm ones belong to none.
 */
function compare(
  sent: readonly Sent[],
  spans: Readonly<Record<'mix' | 'edge', Span>>,
  say: (line: string) => void,
): Comparison {
  const during = { calm: [] as number[], mix: [] as number[], edge: [] as number[] };
  const timeOf = ({ wroteAt }: Sent): keyof typeof during => {
    const within = ({ from, to }: Span): boolean => wroteAt >= from && wroteAt < to + AFTER;
    return within(spans.mix) ? 'mix' : within(spans.edge) ? 'edge' : 'calm';
  };
  for (const one of sent) {
    const seconds = secondsOf(one);
    if (seconds !== null) during[timeOf(one)].push(seconds);
  }
  const { calm } = during;
  const judged = (what: 'mix' | 'edge'): Replacement => {
    const { count, chance } = exceedance(calm, during[what]);
    return {
      ...{ seconds: secondsBetween(spans[what]), texts: during[what].length },
      ...{ p50_s: quantile(during[what], 0.5), p99_s: quantile(during[what], 0.99) },
      ...{ max_s: Math.max(...during[what]), later_than_p99: count, chance },
    };
  };
  const threshold = quantile(calm, 0.99);
  for (const one of sent.toSorted((a, b) => a.wroteAt - b.wroteAt)) {
    const seconds = secondsOf(one);
    if (seconds !== null && seconds <= threshold) continue;
    const at = `${new Date(one.wroteAt).toISOString().slice(14, 19)}`;
    const took = seconds === null ? 'lost' : `${seconds.toFixed(1)} s`;
    say(`${at} ${one.text}, ${timeOf(one)}: ${took}`);
  }
  return {
    ...{ texts_calm: calm.length, calm_p50_s: quantile(calm, 0.5) },
    ...{ calm_p99_s: threshold, calm_max_s: Math.max(...calm) },
    ...{ mix: judged('mix'), edge: judged('edge') },
    lost: sent.filter(({ arrivedAt }) => arrivedAt.length === 0).length,
    twice: sent.filter(({ arrivedAt }) => arrivedAt.length > 1).length,
  };
}

function secondsOf({ wroteAt, arrivedAt: [first] }: Sent): number | null {
  return first === undefined ? null : (first - wroteAt) / 1_000;
}

function quantile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}
