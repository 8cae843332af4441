/**
 * What relays take: processor time of mixes and edges for each packet, and memory, over a small
 * network of real processes with people whose rhythm is quick. `tacet-relay resources` computes with these.
 */
import { sleep, Town } from '@tacet/e2e/lib';
import { usageOf } from './usage.ts';

const PEOPLE = 4;
const SECONDS = 30;
const RATES = {
  slotMs: 50,
  inUseSlotMs: 50,
  digestMs: 1_000,
  delayMeanMs: 60,
  poolTarget: 0,
  poolFloor: 0,
};

interface Sample {
  readonly cpuMs: number;
  readonly counters: Readonly<Record<string, number>>;
}

export async function run(say: (line: string) => void): Promise<Record<string, number>> {
  return Town.with({ parameters: RATES }, async (town) => {
    const idle = { mix: memoryOf(pidOf(town, 'mix-2')), edge: memoryOf(pidOf(town, 'edge-1')) };
    for (let i = 0; i < PEOPLE; i++) await town.person(`person-${i}`);
    await sleep(5_000);
    say(`${PEOPLE} people, a packet each ${RATES.slotMs} ms, ${SECONDS} s`);
    const before = await sampleAll(town);
    await sleep(SECONDS * 1_000);
    const after = await sampleAll(town);
    const per = (role: 'mix' | 'edge', counter: string): number => {
      const names = town.network.names(role);
      const total = (of: (sample: Sample) => number): number =>
        names.reduce((sum, name) => sum + of(get(after, name)) - of(get(before, name)), 0);
      const count = total(({ counters }) => counters[counter] ?? 0);
      return total(({ cpuMs }) => cpuMs) / Math.max(1, count);
    };
    const mixPackets = town.network
      .names('mix')
      .map(
        (name) =>
          (get(after, name).counters['received'] ?? 0) -
          (get(before, name).counters['received'] ?? 0),
      );
    return {
      mix_packet_ms: per('mix', 'received'),
      edge_packet_ms: per('edge', 'up'),
      mix_packets_per_s: mixPackets.reduce((a, b) => a + b, 0) / mixPackets.length / SECONDS,
      mix_idle_mb: idle.mix,
      edge_idle_mb: idle.edge,
      mix_mb: memoryOf(pidOf(town, 'mix-2')),
      edge_mb: memoryOf(pidOf(town, 'edge-1')),
      authority_mb: memoryOf(pidOf(town, 'authority')),
    };
  });
}

async function sampleAll(town: Town): Promise<Map<string, Sample>> {
  const samples = new Map<string, Sample>();
  for (const name of [...town.network.names('mix'), ...town.network.names('edge')]) {
    const counters = await town.network.counters(name);
    samples.set(name, { cpuMs: usageOf(pidOf(town, name)).cpuMs, counters });
  }
  return samples;
}

function get(samples: ReadonlyMap<string, Sample>, name: string): Sample {
  const sample = samples.get(name);
  if (sample === undefined) throw new RangeError(`no sample of ${name}`);
  return sample;
}

function pidOf(town: Town, name: string): number {
  return town.network.program(name).pid;
}

function memoryOf(pid: number): number {
  return (usageOf(pid).rssKb * 1_024) / 1e6;
}
