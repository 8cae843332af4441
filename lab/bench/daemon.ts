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
import { usageOf } from './crowd/stage.ts';
import { burst } from './daemon/burst.ts';
import { coldStart, median, sealUnderPassphrase } from './daemon/cold-start.ts';
import { growth } from './daemon/day.ts';
import { filledProfile, keptSecret, placeProfile } from './daemon/fill.ts';
import { packetMs, processorMs, timerPct } from './daemon/parts.ts';
import { searches } from './daemon/searches.ts';
import type { BenchArguments, Figures } from './list.ts';

const MESSAGES = 100_000;
const BURST = 1_000;
const STARTS = 5;
const SETTLE = 15 * SECOND;
const IDLE = 45 * SECOND;
/** A packet a second; the other rates are the default's, but for those of the meeting. */
const SLOT = 1 * SECOND;
const MEETING = { inUseSlotMs: 100, delayMeanMs: 100, digestMs: 1_000 };

export async function run(args: BenchArguments, say: (line: string) => void): Promise<Figures> {
  const messages = Number(args.messages ?? MESSAGES);
  const given = args.store;
  const folder = given ?? mkdtempSync(join(tmpdir(), 'tacet-bench-daemon-'));
  try {
    await filledProfile(folder, messages);
    say(`a profile with ${messages} texts is there`);
    const figures = await Town.with(options(), (town) => measure(town, folder, say));
    const day = await growth(say);
    const priority = priorityGranted() ? 1 : 0;
    return rounded({ ...figures, ...day, messages, priority });
  } finally {
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function options(): TownOptions {
  const { crowd: _, ...rates } = defaultParameters;
  return { parameters: { ...rates, ...MEETING, slotMs: SLOT }, urgent: true };
}

async function measure(town: Town, folder: string, say: (line: string) => void): Promise<Figures> {
  const people = join(town.dir, 'people');
  const keychain = join(people, 'keychain');
  const secret = placeProfile(folder, join(people, 'alice'), keychain);
  const [alice, bob] = await Promise.all([town.person('alice'), town.person('bob')]);
  await alice.api.call('level.set', { level: 'strong' });
  await alice.stop();
  await alice.start();
  const idle = await watch(alice, say);
  const found = await searches(alice);
  say(
    `searches: p50 ${quantile(found, 0.5).toFixed(1)} ms, p95 ${quantile(found, 0.95).toFixed(1)} ms`,
  );
  await alice.stop();
  const withKeychain = await coldStart(alice.profile, { keychain }, STARTS);
  say(`cold start: ${JSON.stringify(withKeychain)}`);
  await alice.start();
  await meet(town, alice, bob);
  say('two people have met');
  await Promise.all([alice.stop(), bob.stop()]);
  const secrets = { alice: secret, bob: keptSecret(bob.profile, keychain) };
  const burstPerS = await burst({ alice, bob, secrets, count: BURST });
  say(`burst: ${burstPerS.toFixed(0)} a second`);
  await alice.stop();
  const passphrase = await sealUnderPassphrase(alice.profile, secret);
  const withPassphrase = await coldStart(alice.profile, { passphrase }, STARTS);
  say(`cold start with a passphrase: ${JSON.stringify(withPassphrase)}`);
  return {
    ...idle,
    search_p50_ms: quantile(found, 0.5),
    search_p95_ms: quantile(found, 0.95),
    burst_per_s: burstPerS,
    cold_start_s: median(withKeychain.map(({ shown }) => shown)) / SECOND,
    cold_start_passphrase_s: median(withPassphrase.map(({ shown }) => shown)) / SECOND,
    start_program_ms: median(withKeychain.map(({ ready }) => ready)),
    start_unlock_ms: median(withKeychain.map(({ unlocked, ready }) => unlocked - ready)),
    start_show_ms: median(withKeychain.map(({ shown, unlocked }) => shown - unlocked)),
    start_argon2id_ms:
      median(withPassphrase.map(({ unlocked, ready }) => unlocked - ready)) -
      median(withKeychain.map(({ unlocked, ready }) => unlocked - ready)),
  };
}

function quantile(ascending: readonly number[], part: number): number {
  return ascending[Math.floor(part * ascending.length)] ?? Number.NaN;
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

/** Nobody looks, nobody writes. */
async function watch({ pid }: DaemonProcess, say: (line: string) => void) {
  await sleep(SETTLE);
  const start = performance.now();
  const before = processorMs(pid);
  await sleep(IDLE);
  const idle = (100 * (processorMs(pid) - before)) / (performance.now() - start);
  const { rssKb } = usageOf(pid);
  say(`idle: ${idle.toFixed(2)} % of a core, ${(rssKb / 1_024).toFixed(0)} MB`);
  return {
    idle_cpu_pct: idle,
    idle_rss_mb: rssKb / 1_024,
    idle_packet_pct: (100 * packetMs()) / SLOT,
    idle_timer_pct: await timerPct(SLOT),
  };
}

function rounded(figures: Figures): Figures {
  const few = (value: number): number => Number(value.toPrecision(4));
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, few(value)]));
}
