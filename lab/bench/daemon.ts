/**
 * What a person's daemon costs: the production program with its encrypted store and 100,000 texts in
 * it, a TLS link to a real edge, three mixes behind, cover traffic on, a packet a second. CPU and memory
 * are the process's own, from /proc. What each figure is stands in docs/dev/measuring.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SECOND } from '@tacet/base';
import { defaultParameters } from '@tacet/directory';
import {
  type DaemonProcess,
  introduce,
  priorityGranted,
  sleep,
  Town,
  type TownOptions,
} from '@tacet/e2e/lib';
import { median, quantile } from '@tacet/testkit/quantile';
import { burst } from './daemon/burst.ts';
import { coldStart, type Start, sealUnderPassphrase, startFloor } from './daemon/cold-start.ts';
import { growth } from './daemon/day.ts';
import { filledProfile, keptSecret, placeProfile } from './daemon/fill.ts';
import { keptFigures, type Part, partsOf } from './daemon/part.ts';
import { packetMs, processorMs, timerPct } from './daemon/parts.ts';
import { searches } from './daemon/searches.ts';
import type { BenchArguments, Figures } from './list.ts';
import { usageOf } from './usage.ts';

const MESSAGES = 100_000;
const BURST = 1_000;
const STARTS = 7;
/** So that what V8 frees once a program has come to rest is freed. */
const SETTLE = 45 * SECOND;
const IDLE = 60 * SECOND;
/** A packet a second; the other rates are the default's, but for those of the meeting. */
const SLOT = 1 * SECOND;
const MEETING = { inUseSlotMs: 500, delayMeanMs: 100, digestMs: 1_000 };

interface Stage {
  readonly town: Town;
  readonly alice: DaemonProcess;
  /** What her keychain keeps. */
  readonly secret: Uint8Array;
  readonly keychain: string;
  readonly say: (line: string) => void;
}

export async function run(args: BenchArguments, say: (line: string) => void): Promise<Figures> {
  const parts = partsOf(args.part);
  const messages = Number(args.messages ?? MESSAGES);
  const begun = performance.now();
  const tell = (line: string): void =>
    say(`${((performance.now() - begun) / SECOND).toFixed(0)} s: ${line}`);
  const given = args.store;
  const folder = given ?? mkdtempSync(join(tmpdir(), 'tacet-bench-daemon-'));
  try {
    const figures: Figures = { messages };
    if (parts.has('growth')) Object.assign(figures, await growth(tell));
    if ([...parts].some((part) => part !== 'growth')) {
      await filledProfile(folder, messages);
      tell(`a profile with ${messages} texts is there`);
      const all = Town.with(options(), (town) => measure(town, folder, parts, tell));
      Object.assign(figures, await all);
      figures['priority'] = priorityGranted() ? 1 : 0;
    }
    return rounded(given === undefined ? figures : keptFigures(given, figures));
  } finally {
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function options(): TownOptions {
  const { crowd: _, ...rates } = defaultParameters;
  return { parameters: { ...rates, ...MEETING, slotMs: SLOT }, urgent: true };
}

async function measure(
  town: Town,
  folder: string,
  parts: ReadonlySet<Part>,
  say: (line: string) => void,
): Promise<Figures> {
  const people = join(town.dir, 'people');
  const keychain = join(people, 'keychain');
  const secret = placeProfile(folder, join(people, 'alice'), keychain);
  const alice = await town.person('alice');
  await alice.api.call('level.set', { level: 'strong' });
  await alice.stop();
  say('a network and a daemon on it are there');
  const stage: Stage = { town, alice, secret, keychain, say };
  const figures: Figures = {};
  await alice.start();
  if (parts.has('idle')) Object.assign(figures, await idle(stage));
  if (parts.has('search')) Object.assign(figures, await search(stage));
  if (parts.has('burst')) Object.assign(figures, await burstOf(stage));
  await alice.stop();
  if (parts.has('start')) Object.assign(figures, await starts(stage));
  return figures;
}

/** Nobody looks, nobody writes. */
async function idle({ alice: { pid }, say }: Stage): Promise<Figures> {
  await sleep(SETTLE);
  const start = performance.now();
  const before = processorMs(pid);
  await sleep(IDLE);
  const share = (100 * (processorMs(pid) - before)) / (performance.now() - start);
  const { rssKb } = usageOf(pid);
  say(`idle: ${share.toFixed(2)} % of a core, ${(rssKb / 1_024).toFixed(0)} MB`);
  return {
    idle_cpu_pct: share,
    idle_rss_mb: rssKb / 1_024,
    idle_packet_pct: (100 * packetMs()) / SLOT,
    idle_timer_pct: await timerPct(SLOT),
  };
}

async function search({ alice, say }: Stage): Promise<Figures> {
  const found = await searches(alice);
  const [p50, p95] = [quantile(found, 0.5), quantile(found, 0.95)];
  say(`searches: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`);
  return { search_p50_ms: p50, search_p95_ms: p95 };
}

async function starts({ town, alice, keychain, secret, say }: Stage): Promise<Figures> {
  // They run on other machines, and here would go before the program that starts.
  await town.network.stop();
  const shown = (all: readonly Start[]): number => median(all.map((one) => one.shown));
  const told = (all: readonly Start[]): string => all.map((one) => one.shown.toFixed(0)).join(', ');
  const unlock = (all: readonly Start[]): number =>
    median(all.map(({ unlocked, ready }) => unlocked - ready));
  const kept = await coldStart(alice.profile, { keychain }, STARTS);
  say(`cold start: ${told(kept)} ms`);
  const passphrase = await sealUnderPassphrase(alice.profile, secret);
  const typed = await coldStart(alice.profile, { passphrase }, STARTS);
  say(`with a passphrase: ${told(typed)} ms`);
  return {
    cold_start_s: shown(kept) / SECOND,
    cold_start_passphrase_s: shown(typed) / SECOND,
    start_program_ms: median(kept.map(({ ready }) => ready)),
    start_unlock_ms: unlock(kept),
    start_show_ms: median(kept.map((one) => one.shown - one.unlocked)),
    start_argon2id_ms: unlock(typed) - unlock(kept),
    ...(await startFloor()),
  };
}

async function burstOf({ town, alice, secret, keychain, say }: Stage): Promise<Figures> {
  const bob = await town.person('bob');
  await meet(town, alice, bob);
  say('two people have met');
  await Promise.all([alice.stop(), bob.stop()]);
  const secrets = { alice: secret, bob: keptSecret(bob.profile, keychain) };
  const { perSecond, ...grid } = await burst({ alice, bob, secrets, count: BURST });
  say(`burst: ${perSecond.toFixed(0)} a second; on the grid: ${JSON.stringify(grid)}`);
  return {
    burst_per_s: perSecond,
    burst_slots: grid.slots,
    burst_missed: grid.missed,
    burst_late_max_ms: grid.lateMax,
  };
}

async function meet(town: Town, alice: DaemonProcess, bob: DaemonProcess): Promise<void> {
  // Windows are looked at: frames come faster.
  await alice.api.call('level.set', { level: 'balanced', confirm: true });
  for (const { api } of [alice, bob]) await api.call('window.heartbeat', { visible: true });
  const { atHost, atGuest } = await introduce(town, alice, bob);
  const write = (from: DaemonProcess, contactId: string): Promise<unknown> =>
    from.api.call('message.send', { contactId, text: 'hello', clientId: from.name });
  await Promise.all([write(alice, atHost), write(bob, atGuest)]);
  await town.until('both words are delivered', 180 * SECOND, async () => {
    for (const { api } of [alice, bob]) {
      if ((await api.call('status', {})).status?.outbox !== 0) return false;
    }
    return true;
  });
}

function rounded(figures: Figures): Figures {
  const few = (value: number): number => Number(value.toPrecision(4));
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, few(value)]));
}
