/**
 * The operator's path (docs/ops/three-operators.md) on machines of their own: the page's commands as
 * they stand there, a network of three operators, people who write to each other, a relay replaced
 * while they do. Only the network's numbers are added, so that an epoch takes a minute.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../lib/program.ts';
import { Flow } from './flow.ts';
import { meetFromNothing } from './fresh.ts';
import { Machines } from './machines.ts';
import { type Block, readBlocks } from './page.ts';
import { PersonMachine } from './person.ts';

/** Added to `network create`, by the network document so for everybody. */
export const SHORT = {
  epochMs: 60_000,
  graceMs: 3_000,
  slotMs: 250,
  inUseSlotMs: 250,
  digestMs: 500,
  delayMeanMs: 60,
  poolTarget: 0,
  poolFloor: 0,
  receiptInUseMs: 500,
  receiptMs: 500,
  receiptStrongMs: 500,
  secondCopyMinMs: 500,
  secondCopyMaxMs: 2_000,
  holdMeanMs: 5_000,
} as const;

const PLAN = {
  alice: '192.0.2.1',
  bob: '198.51.100.1',
  carol: '203.0.113.1',
  person: '192.0.2.77',
  dora: '198.51.100.77',
  emil: '203.0.113.77',
  fresh: '192.0.2.88',
} as const;

const STEP = 120_000;
const READY = 300_000;
const DRAIN = 400_000;
const CALM_TEXTS = 120;

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
  readonly during_p99_s: number;
  readonly during_max_s: number;
  /** Texts during the replacement that took longer than 99 % of the calm ones. */
  readonly later_than_p99: number;
  readonly lost: number;
  readonly twice: number;
}

export async function run(say: (line: string) => void): Promise<Result> {
  const blocks = readBlocks();
  const machines = new Machines(PLAN);
  let failed = true;
  try {
    const result = await walk(machines, blocks, say);
    failed = false;
    return result;
  } finally {
    if (failed) say(`kept in ${machines.dir}`);
    machines.close(failed);
  }
}

async function walk(
  machines: Machines,
  blocks: readonly Block[],
  say: (line: string) => void,
): Promise<Result> {
  const begin = performance.now();
  for (const block of blocks.filter(({ section }) => section <= 3)) {
    await perform(machines, block, say, READY);
  }
  const network_up_s = (performance.now() - begin) / 1_000;
  say(`network up after ${network_up_s.toFixed(0)} s`);

  const [section4 = [], section5 = [], section6 = []] = [4, 5, 6].map((n) =>
    blocks.filter(({ section }) => section === n),
  );
  const people = ['person', 'dora', 'emil'].map((name) => new PersonMachine(machines, name));
  const [person, dora, emil] = people as [PersonMachine, PersonMachine, PersonMachine];
  for (const one of people) {
    await one.create();
    cpSync(
      join(machines.home('alice'), 'relay/network.card'),
      join(machines.home(one.name), 'network.card'),
    );
  }
  for (const block of section4) await perform(machines, block, say, STEP);
  for (const one of [dora, emil])
    await one.says('tacet network join network.card --wait --timeout 2m');
  await person.says('tacet network status');
  const contactId = await meet(dora, emil);
  const flow = new Flow(dora, emil, contactId);
  flow.start(1_000);
  while (flow.written < CALM_TEXTS) await sleep(500);
  const calmEnd = flow.written;
  say(`calm: ${calmEnd} texts`);

  const startedAt = Date.now();
  const started = performance.now();
  for (const block of [...section5, ...section6]) await perform(machines, block, say, DRAIN);
  const drain_s = (performance.now() - started) / 1_000;
  const duringEnd = flow.written;
  say(`replaced a relay in ${drain_s.toFixed(0)} s, ${duringEnd - calmEnd} texts`);
  await flow.end(STEP);
  const fresh_ready_s = await meetFromNothing(dora, new PersonMachine(machines, 'fresh'));
  say(
    `secure session ready ${fresh_ready_s.toFixed(0)} s after the first command of a fresh machine`,
  );
  const calm = await flow.between(0, calmEnd);
  const during = await flow.between(calmEnd, flow.written);
  const p99 = quantile(calm.seconds, 0.99);
  for (const [i, seconds] of during.seconds.entries()) {
    const after = ((during.wroteAt[i] ?? 0) - startedAt) / 1_000;
    if (seconds > p99) say(`late: ${seconds.toFixed(1)} s, written ${after.toFixed(0)} s in`);
  }
  return {
    network_up_s,
    drain_s,
    fresh_ready_s,
    texts_calm: calm.seconds.length,
    texts_during: during.seconds.length,
    calm_p50_s: quantile(calm.seconds, 0.5),
    calm_p99_s: p99,
    during_p99_s: quantile(during.seconds, 0.99),
    during_max_s: Math.max(...during.seconds),
    later_than_p99: during.seconds.filter((s) => s > p99).length,
    lost: calm.lost + during.lost,
    twice: calm.twice + during.twice,
  };
}

/**
 * Every command of a block on every machine it names, all machines at once. A command that only looks
 * may be asked again, as a person would who waits for the network to be up.
 */
async function perform(
  machines: Machines,
  { machines: names, commands }: Block,
  say: (line: string) => void,
  patienceMs: number,
): Promise<void> {
  await Promise.all(
    names.map(async (name) => {
      for (const command of commands) {
        const end = performance.now() + patienceMs;
        for (;;) {
          const outcome = await machines.run(name, shortened(command), patienceMs);
          if (outcome.code === 0) break;
          if (!looks(command) || performance.now() > end) {
            throw new Error(`${name}: \`${command}\` ended with ${outcome.code}\n${outcome.text}`);
          }
          await sleep(500);
        }
        say(`${new Date().toISOString().slice(14, 19)} ${name}$ ${command}`);
      }
    }),
  );
}

function looks(command: string): boolean {
  return /^tacet-relay (status|doctor) /.test(command);
}

function shortened(command: string): string {
  if (!command.startsWith('tacet-relay network create ')) return command;
  const set = Object.entries(SHORT).map(([key, value]) => `--set ${key}=${value}`);
  return `${command} ${set.join(' ')}`;
}

async function meet(host: PersonMachine, guest: PersonMachine): Promise<string> {
  const { id } = await host.api.call('invite.create', { label: guest.name });
  const link = await until(async () => {
    const { invitations } = await host.api.call('invite.list', {});
    return invitations.find((one) => one.id === id)?.link ?? null;
  });
  await guest.api.call('invite.accept', { link, name: host.name });
  return until(async () => {
    const { contacts } = await host.api.call('contact.list', {});
    const contact = contacts[0];
    return contact?.state === 'ready' ? contact.id : null;
  });
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  const end = performance.now() + STEP;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > end) throw new Error('two people did not meet in time');
    await sleep(250);
  }
}

function quantile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}
