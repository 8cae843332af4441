/**
 * kill -9 of any one process while two people write to each other: nothing lost, nothing twice,
 * states only forward, on a network whose document has fast rates and short epochs.
 */
import { randomBetween, shuffle } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import type { DaemonProcess } from '../lib/daemon.ts';
import { judged, since } from '../lib/judged.ts';
import { introduce } from '../lib/meet.ts';
import { deliveryTimes, missing, received, repeated, undelivered } from '../lib/tally.ts';
import { FAST, type Town } from '../lib/town.ts';
import { type Kill, killOneByOne, type Victim } from './killer.ts';
import { Watcher } from './watcher.ts';
import { type Sent, writeAll } from './writer.ts';

export interface RestartOptions {
  readonly messages: number;
  readonly seed: string;
  /** Each process is killed at least so often. */
  readonly rounds: number;
  /** Mean pause of a person between two texts, ms. */
  readonly pauseMs: number;
  readonly between: readonly [number, number];
  readonly down: readonly [number, number];
  readonly slotMs: number;
  readonly epochMs: number;
  readonly say: (line: string) => void;
}

export interface RestartResult {
  readonly seed: string;
  readonly messages: number;
  readonly delivered: number;
  /** Texts of the sender that the other side does not have. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** Texts the other side has that nobody sent. */
  readonly foreign: readonly string[];
  readonly backwards: readonly string[];
  readonly gaps: readonly string[];
  readonly crashed: readonly string[];
  readonly kills: readonly Kill[];
  readonly alarms: Readonly<Record<string, number>>;
  readonly deadLetters: number;
  readonly epochs: number;
  readonly seconds: number;
  readonly deliveryMs: readonly number[];
}

/** Repairs of holes come after 1, 2, 4 minutes: room for three on a busy machine. */
const SETTLE = 480_000;

export function holds(result: RestartResult): boolean {
  const { lost, twice, foreign, backwards, gaps, crashed, deadLetters } = result;
  const faults = [lost, twice, foreign, backwards, gaps, crashed];
  return (
    faults.every((list) => list.length === 0) &&
    deadLetters === 0 &&
    result.delivered === result.messages
  );
}

export async function restart(options: RestartOptions): Promise<RestartResult> {
  const { slotMs, epochMs, seed } = options;
  const parameters = {
    ...FAST,
    slotMs,
    inUseSlotMs: slotMs,
    epochMs,
    graceMs: Math.min(5_000, epochMs / 4),
  };
  options.say(`seed ${seed}`);
  const { say } = options;
  return await judged({ parameters }, { holds, say }, (town) => run(town, options));
}

async function run(town: Town, options: RestartOptions): Promise<RestartResult> {
  const { seed, say } = options;
  const [alice, bob] = await Promise.all([town.person('alice'), town.person('bob')]);
  const { atHost, atGuest } = await introduce(town, alice, bob);
  const firstEpoch = await epochOf(alice);
  const began = performance.now();
  say(`two people, ${town.network.processes.length} processes of the network`);

  const half = Math.ceil(options.messages / 2);
  const fromAlice = textsOf('alice', seed, half);
  const fromBob = textsOf('bob', seed, options.messages - half);
  const watchers = [new Watcher(alice, () => [atHost]), new Watcher(bob, () => [atGuest])];
  const trouble = new AbortController();
  const enough = new AbortController();

  const victims = victimsOf(town, [alice, bob]);
  const killing = killOneByOne(
    {
      rng: seededRng(`${seed}/kills`),
      victims,
      least: options.rounds * victims.length,
      between: options.between,
      down: options.down,
      say,
    },
    enough.signal,
  );
  killing.catch((error) => trouble.abort(error));
  const writing = (daemon: DaemonProcess, contact: string, texts: readonly string[]) => {
    const rng = seededRng(`${seed}/pauses of ${daemon.name}`);
    const pause = (): number => randomBetween(rng, 0, 2 * options.pauseMs);
    return writeAll(daemon, contact, texts, pause, trouble.signal);
  };
  const [sentByAlice, sentByBob] = await Promise.all([
    writing(alice, atHost, fromAlice),
    writing(bob, atGuest, fromBob),
  ]);
  say(`all ${options.messages} texts are given, ${since(began)} s`);
  enough.abort();
  const kills = await killing;
  const settled = await Promise.all([settle(alice, sentByAlice, say), settle(bob, sentByBob, say)]);
  const seconds = since(began);
  await Promise.all(watchers.map((watcher) => watcher.stop()));

  const atBob = await received(bob, atGuest);
  const atAlice = await received(alice, atHost);
  const alarms: Record<string, number> = {};
  for (const watcher of watchers) {
    for (const [code, n] of watcher.alarms) alarms[code] = (alarms[code] ?? 0) + n;
  }
  const deliveryMs = [
    ...(await deliveryTimes(alice, atHost)),
    ...(await deliveryTimes(bob, atGuest)),
  ];
  return {
    seed,
    messages: options.messages,
    delivered: settled[0] + settled[1],
    lost: [...missing(fromAlice, atBob), ...missing(fromBob, atAlice)],
    twice: [...repeated(atBob), ...repeated(atAlice)],
    foreign: [...missing(atBob, fromAlice), ...missing(atAlice, fromBob)],
    backwards: watchers.flatMap((watcher) => watcher.backwards),
    gaps: watchers.flatMap((watcher) => watcher.gaps),
    crashed: town.crashed(),
    kills,
    alarms,
    deadLetters: (await deadLettersOf(alice)) + (await deadLettersOf(bob)),
    epochs: (await epochOf(alice)) - firstEpoch,
    seconds,
    deliveryMs: deliveryMs.toSorted((a, b) => a - b),
  };
}

function textsOf(name: string, seed: string, count: number): string[] {
  const texts = Array.from({ length: count }, (_, i) => `${name} ${i} of ${seed}`);
  return shuffle(seededRng(`${seed}/texts of ${name}`), texts);
}

function victimsOf({ network }: Town, daemons: readonly DaemonProcess[]): Victim[] {
  return [
    ...daemons.map((daemon) => ({
      name: daemon.name,
      kill: () => daemon.kill(),
      start: () => daemon.start(),
    })),
    ...network.names().map((name) => ({
      name,
      kill: () => network.kill(name),
      start: () => network.run(name),
    })),
  ];
}

/** How many are delivered when nothing moves any more or the time is up. */
async function settle(
  daemon: DaemonProcess,
  sent: readonly Sent[],
  say: (line: string) => void,
): Promise<number> {
  const open = await undelivered(
    daemon,
    sent.map(({ id }) => id),
    SETTLE,
  );
  for (const id of open.slice(0, 3)) {
    say(`${daemon.name}: ${JSON.stringify(await daemon.api.call('message.get', { id }))}`);
  }
  return sent.length - open.length;
}

async function epochOf(daemon: DaemonProcess): Promise<number> {
  return (await daemon.api.call('network.status', {})).network?.epoch ?? 0;
}

async function deadLettersOf(daemon: DaemonProcess): Promise<number> {
  return (await daemon.api.call('status', {})).status?.deadLetters ?? 0;
}
