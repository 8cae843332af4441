/**
 * Delivery over a real network: processes, sockets, stores, two people who write to each other at
 * random moments. Prints how long a text takes beside what it was meant to wait for; what exactly
 * is taken off stands in delivery/join.ts and docs/dev/measuring.md.
 */
import { join } from 'node:path';
import type { ResultOf } from '@tacet/api';
import { randomExponential } from '@tacet/base';
import {
  allMessages,
  type DaemonProcess,
  introduce,
  priorityGranted,
  sleep,
  Town,
} from '@tacet/e2e/lib';
import { seededRng } from '@tacet/testkit';
import { quantile } from '@tacet/testkit/quantile';
import { type Fact, readFacts } from './delivery/facts.ts';
import { type Joiner, joiner, type Sample } from './delivery/join.ts';
import type { BenchArguments, Figures } from './list.ts';

const LEVELS = ['strong', 'balanced'] as const;
type Level = (typeof LEVELS)[number];

/** The demonstration's rates: T = 500 ms, 250 ms in use, delays of 150 ms, digests each second. */
const SLOT: Readonly<Record<Level, number>> = { strong: 500, balanced: 250 };
/** Mean pause of a person between two texts. */
const PAUSE = 2_500;
const SETTLE = 180_000;

interface Run {
  readonly level: Level;
  readonly samples: readonly Sample[];
  readonly texts: number;
  readonly e2eMs: readonly number[];
  readonly receiptMs: readonly number[];
}

interface Given {
  readonly level: Level;
  readonly from: DaemonProcess;
  readonly id: string;
}

export async function run(args: BenchArguments, say: (line: string) => void): Promise<Figures> {
  const messages = Number(args.messages ?? 500);
  const levels = (args.levels ?? LEVELS.join(',')).split(',');
  const seed = args.seed ?? String(Date.now());
  if (!Number.isInteger(messages) || messages < 2 || !levels.every(isLevel)) {
    throw new RangeError('--messages takes a number, --levels strong,balanced');
  }
  say(`seed ${seed}`);
  const program = (name: string): string => join(import.meta.dirname, 'delivery', `${name}.ts`);
  let folder = '';
  const factsOf = (name: string): string => join(folder, `${name}.facts`);
  const options = {
    parameters: {},
    urgent: true,
    entryOf: (name: string) => (name.startsWith('edge') ? program('edge') : undefined),
    argsOf: (name: string) => (name.startsWith('edge') ? ['--facts', factsOf(name)] : []),
    daemonEntry: program('daemon'),
    daemonArgs: (name: string) => ['--facts', factsOf(name)],
    onFolder: (made: string) => {
      folder = made;
    },
  };
  return await Town.with(options, async (town) => {
    const given = await write(town, levels, messages, seed, say);
    const runs = await collect(town, given, factsOf, levels);
    return { ...figures(runs), priority: priorityGranted() ? 1 : 0 };
  });
}

function isLevel(name: string): name is Level {
  return (LEVELS as readonly string[]).includes(name);
}

async function write(
  town: Town,
  levels: readonly Level[],
  messages: number,
  seed: string,
  say: (line: string) => void,
): Promise<Given[]> {
  const alice = await town.person('alice');
  const bob = await town.person('bob');
  const { atHost, atGuest } = await introduce(town, alice, bob);
  const given: Given[] = [];
  for (const level of levels) {
    for (const [{ api }, contactId] of [
      [alice, atHost],
      [bob, atGuest],
    ] as const) {
      await api.call('level.set', { level });
      if (level !== 'balanced') continue;
      // A window with the conversation open.
      await api.call('conversation.read', { contactId });
      await api.call('window.heartbeat', { visible: true });
    }
    await sleep(10 * SLOT[level]);
    say(`${level}: ${messages} texts`);
    const half = Math.ceil(messages / 2);
    const made = await Promise.all([
      writeOne(alice, atHost, level, half, seed),
      writeOne(bob, atGuest, level, messages - half, seed),
    ]);
    given.push(...made.flat());
    await town.until(`all texts of ${level} are delivered`, SETTLE, async () => {
      for (const { api } of [alice, bob]) {
        if ((await api.call('status', {})).status?.outbox !== 0) return false;
        await sleep(500);
      }
      return true;
    });
  }
  return given;
}

async function writeOne(
  from: DaemonProcess,
  contactId: string,
  level: Level,
  count: number,
  seed: string,
): Promise<Given[]> {
  const rng = seededRng(`${seed}/${level}/${from.name}`);
  const given: Given[] = [];
  for (let i = 0; i < count; i++) {
    await sleep(randomExponential(rng, PAUSE));
    const text = `${level} ${i} by ${from.name}`;
    const { id } = await from.api.call('message.send', { contactId, text, clientId: text });
    given.push({ level, from, id });
  }
  return given;
}

async function collect(
  town: Town,
  given: readonly Given[],
  factsOf: (name: string) => string,
  levels: readonly Level[],
): Promise<Run[]> {
  const [alice, bob] = [...town.daemons.values()] as [DaemonProcess, DaemonProcess];
  const there = new Map<DaemonProcess, Map<string, string>>();
  for (const person of [alice, bob]) {
    const { contacts } = await person.api.call('contact.list', {});
    const messages = await allMessages(person, contacts[0]?.id ?? '');
    const incoming = messages.filter(({ direction }) => direction === 'in');
    there.set(person, new Map(incoming.map(({ text, id }) => [text, id])));
  }
  const details: ResultOf<'message.get'>[] = [];
  // One after another: a daemon takes only so many open calls.
  for (const { from, id } of given) details.push(await from.api.call('message.get', { id }));
  // Files are complete once their programs have ended.
  await town.stop();
  const edges = town.network.names('edge').flatMap((name) => readFacts(factsOf(name)));
  const facts = new Map([alice, bob].map((one) => [one, readFacts(factsOf(one.name))]));
  const joiners = new Map<DaemonProcess, Joiner>();
  const savedAt = new Map<DaemonProcess, Map<string, number>>();
  for (const [from, to] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    joiners.set(from, joiner(facts.get(from) ?? [], facts.get(to) ?? [], edges));
    savedAt.set(to, savedTimes(facts.get(to) ?? []));
  }
  return levels.map((level) => {
    const own = given.flatMap((one, i) => {
      const detail = details[i];
      return one.level === level && detail !== undefined ? [{ ...one, detail }] : [];
    });
    const samples: Sample[] = [];
    const e2eMs: number[] = [];
    const receiptMs: number[] = [];
    for (const { from, detail } of own) {
      const to = from === alice ? bob : alice;
      const idAtReceiver = there.get(to)?.get(detail.text) ?? '';
      const partSentAt = detail.evidence
        .filter(({ what }) => what === 'part-sent' || what === 'retry')
        .map(({ at }) => at);
      const sample = joiners.get(from)?.sample({ partSentAt, idAtReceiver }) ?? null;
      if (sample !== null) samples.push(sample);
      const at = savedAt.get(to)?.get(idAtReceiver);
      if (at !== undefined) e2eMs.push(at - detail.sentAt);
      if (detail.deliveredAt !== null) receiptMs.push(detail.deliveredAt - detail.sentAt);
    }
    return { level, samples, texts: own.length, e2eMs, receiptMs };
  });
}

function savedTimes(facts: readonly Fact[]): Map<string, number> {
  return new Map(facts.flatMap((fact) => (fact.kind === 'saved' ? [[fact.id, fact.at]] : [])));
}

function figures(runs: readonly Run[]): Figures {
  const all = runs.flatMap(({ samples }) => samples);
  const figure: Figures = {
    beyond_p50_ms: ms(all, ({ beyondMs }) => beyondMs, 0.5),
    beyond_p99_ms: ms(all, ({ beyondMs }) => beyondMs, 0.99),
    beyond_put_p50_ms: ms(all, ({ putMs }) => putMs, 0.5),
    beyond_get_p50_ms: ms(all, ({ getMs }) => getMs, 0.5),
    beyond_save_p50_ms: ms(all, ({ saveMs }) => saveMs, 0.5),
    samples: all.length,
  };
  for (const { level, samples, texts, e2eMs, receiptMs } of runs) {
    const set = (key: string, value: number): void => {
      figure[`${level}_${key}`] = value;
    };
    set(
      'beyond_p50_ms',
      ms(samples, ({ beyondMs }) => beyondMs, 0.5),
    );
    set(
      'beyond_p99_ms',
      ms(samples, ({ beyondMs }) => beyondMs, 0.99),
    );
    set('e2e_p50_s', seconds(e2eMs, 0.5));
    set('e2e_p95_s', seconds(e2eMs, 0.95));
    set('e2e_p99_s', seconds(e2eMs, 0.99));
    set('receipt_p50_s', seconds(receiptMs, 0.5));
    set('announce_p50_s', ms(samples, ({ announceMs }) => announceMs, 0.5) / 1_000);
    set(
      'down_queue_p50_ms',
      ms(samples, ({ downQueueMs }) => downQueueMs, 0.5),
    );
    set('texts', texts);
    set('saved', e2eMs.length);
    set('delivered', receiptMs.length);
    set('samples', samples.length);
    set('standing', samples.filter(({ standing }) => standing).length);
  }
  return figure;
}

function ms(samples: readonly Sample[], of: (sample: Sample) => number, q: number): number {
  return Math.round((quantile(samples.map(of), q) || 0) * 10) / 10;
}

function seconds(times: readonly number[], q: number): number {
  return Math.round(quantile(times, q) || 0) / 1_000;
}
