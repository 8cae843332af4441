/**
 * What somebody sees who records every byte of a person's link in Strong: idle, somebody typing
 * in an open window, and a burst of texts must look the same. A last stretch with a planted fault
 * shows that a difference would be found.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DaemonProcess } from '../lib/daemon.ts';
import { introduce } from '../lib/meet.ts';
import { sleep } from '../lib/program.ts';
import { FAST, Town } from '../lib/town.ts';
import { judge, type Marks, type Stretch, type Verdict } from './judge.ts';
import { Wiretap, wireNow } from './wiretap.ts';

export interface RhythmOptions {
  /** T of the network document. */
  readonly slotMs: number;
  /** Frames up of each stretch; twice as many come down. */
  readonly frames: number;
  /** Texts given at once. */
  readonly burst: number;
  readonly marks: Marks;
  /** What the recorder holds every second frame back for in the last stretch, ms. */
  readonly plantedMs: number;
  readonly say: (line: string) => void;
}

export async function rhythm(options: RhythmOptions): Promise<Verdict> {
  const { slotMs, say } = options;
  const parameters = {
    ...FAST,
    slotMs,
    inUseSlotMs: slotMs,
    delayMeanMs: Math.round(slotMs / 4),
    // Two frames come down each T: half of them for what is not a digest.
    digestMs: Math.max(FAST.digestMs ?? 0, slotMs),
  };
  const dir = mkdtempSync(join(tmpdir(), 'tacet-wire-'));
  const tap = await Wiretap.prepare(dir, 2);
  try {
    return await Town.with({ parameters, configure: tap.configure, urgent: true }, async (town) => {
      await tap.start();
      const alice = await town.person('alice');
      // The wire's first connection is hers: nobody else was there.
      const bob = await town.person('bob');
      const { atHost } = await introduce(town, alice, bob);
      for (const { api } of [alice, bob]) await api.call('level.set', { level: 'strong' });
      await sleep(4_000);
      const stretches = await play(alice, atHost, tap, options);
      const { debug } = await alice.api.call('status', {});
      say(`at the write call: ${JSON.stringify(debug.lateness)}`);
      const sightings = (await tap.stop()).filter(({ connection }) => connection === 1);
      return judge(sightings, stretches, slotMs, options.marks);
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function play(
  alice: DaemonProcess,
  contact: string,
  tap: Wiretap,
  { slotMs, frames, burst, plantedMs, say }: RhythmOptions,
): Promise<Stretch[]> {
  const stretches: Stretch[] = [];
  const stretch = async (name: string, during: (signal: AbortSignal) => Promise<void>) => {
    say(`${name}: ${((frames * slotMs) / 1_000).toFixed(0)} s`);
    const from = wireNow();
    const over = new AbortController();
    const work = during(over.signal);
    await sleep((frames + 2) * slotMs);
    over.abort();
    const to = wireNow();
    await work;
    stretches.push({ name, from, to });
  };
  await stretch('idle', async () => {});
  await stretch('typing', (signal) => typing(alice, contact, signal));
  await stretch('burst', () => texts(alice, contact, 'burst', burst));
  tap.plant(plantedMs);
  await stretch('planted', () => texts(alice, contact, 'planted', burst));
  return stretches;
}

/** A window that is looked at: heartbeat, list, long poll. */
async function typing(
  { api }: DaemonProcess,
  contactId: string,
  signal: AbortSignal,
): Promise<void> {
  for (let beat = 0; !signal.aborted; beat++) {
    if (beat % 50 === 0) await api.call('window.heartbeat', { visible: true });
    await api.call('message.list', { contactId, limit: 60 });
    if (beat % 5 === 0) await api.call('conversation.read', { contactId });
    await sleep(200);
  }
}

async function texts(
  { api }: DaemonProcess,
  contactId: string,
  name: string,
  count: number,
): Promise<void> {
  for (let i = 0; i < count; i++) {
    const text = `${name} ${i}`;
    await api.call('message.send', { contactId, text, clientId: text });
  }
}
