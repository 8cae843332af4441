/**
 * The operator's path: a network of three operators by the page, people who write to each other,
 * and a relay replaced while they do. Texts written while it is replaced are compared with those
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

/** In pairs of neighbours who write to each other. */
const PEOPLE = {
  person: '192.0.2.77',
  dora: '198.51.100.77',
  emil: '203.0.113.77',
  fina: '192.0.2.78',
  gero: '198.51.100.78',
  hana: '203.0.113.78',
} as const;
const FRESH = { fresh: '192.0.2.88' } as const;

/** Of one direction of one pair: some three texts a second of all. */
const PACE = 2_000;
/** Before the replacement, and after it. */
const CALM = 120_000;
const PATIENCE = 120_000;

export interface Result {
  /** From the first command to the last process ready. */
  readonly network_up_s: number;
  readonly drain_s: number;
  /** From nothing but a full invitation to a secure session, on a machine of its own. */
  readonly fresh_ready_s: number;
  readonly texts_calm: number;
  readonly texts_during: number;
  readonly calm_p50_s: number;
  readonly calm_p99_s: number;
  readonly calm_max_s: number;
  readonly during_p50_s: number;
  readonly during_p99_s: number;
  readonly during_max_s: number;
  /** Texts during the replacement that took longer than 99 % of the calm ones. */
  readonly later_than_p99: number;
  /** That so many or more are, if the replacement delays nothing. */
  readonly chance: number;
  readonly lost: number;
  readonly twice: number;
}

export function run(seed: string, say: (line: string) => void): Promise<Result> {
  return ThreeOperators.with({ ...PEOPLE, ...FRESH }, say, async (operators) => {
    const network_up_s = await operators.follow(1, 2, 3);
    say(`network up after ${network_up_s.toFixed(0)} s`);
    const people: PersonMachine[] = [];
    for (const name of Object.keys(PEOPLE)) people.push(await operators.person(name));
    const [first, ...others] = people as [PersonMachine, ...PersonMachine[]];
    await operators.follow(4);
    for (const one of others) await one.says('tacet network join network.card --wait --timeout 2m');
    await first.says('tacet network status');
    const flow = new Flow(await linesOf(people), seededRng(seed));
    flow.start(PACE);
    say(`${people.length} people write to each other`);
    await sleep(CALM);
    const from = Date.now();
    const drain_s = await operators.follow(5, 6);
    const to = Date.now();
    say(`replaced a relay in ${drain_s.toFixed(0)} s`);
    await sleep(CALM);
    const sent = await flow.end(PATIENCE);
    const fresh_ready_s = await meetFromNothing(first, operators.stranger('fresh'));
    say(`secure session ready after ${fresh_ready_s.toFixed(0)} s on a fresh machine`);
    return { network_up_s, drain_s, fresh_ready_s, ...compare(sent, from, to, say) };
  });
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

type Comparison = Omit<Result, 'network_up_s' | 'drain_s' | 'fresh_ready_s'>;

/** @param from, to when the relay was replaced, epoch ms */
function compare(
  sent: readonly Sent[],
  from: number,
  to: number,
  say: (line: string) => void,
): Comparison {
  const [calm, during]: [number[], number[]] = [[], []];
  const isDuring = ({ wroteAt }: Sent): boolean => wroteAt >= from && wroteAt < to;
  for (const one of sent) {
    const seconds = secondsOf(one);
    if (seconds !== null) (isDuring(one) ? during : calm).push(seconds);
  }
  const { threshold, count, chance } = exceedance(calm, during);
  for (const one of sent.toSorted((a, b) => a.wroteAt - b.wroteAt)) {
    const seconds = secondsOf(one);
    if (seconds !== null && seconds <= threshold) continue;
    const at = `${new Date(one.wroteAt).toISOString().slice(14, 19)}`;
    const when = isDuring(one) ? 'during' : 'calm';
    const took = seconds === null ? 'lost' : `${seconds.toFixed(1)} s`;
    say(`${at} ${one.text}, ${when}: ${took}`);
  }
  return {
    texts_calm: calm.length,
    texts_during: during.length,
    calm_p50_s: quantile(calm, 0.5),
    calm_p99_s: threshold,
    calm_max_s: Math.max(...calm),
    during_p50_s: quantile(during, 0.5),
    during_p99_s: quantile(during, 0.99),
    during_max_s: Math.max(...during),
    later_than_p99: count,
    chance,
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
