/**
 * Mutated packets against production openers. `node packages/onion/test/fuzz.ts 1000000 [seed]`
 * prints outcomes by name; the default test runs a few thousand.
 */
import { hex, type Rng, randomInt } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { type Frame, GEOMETRY as G, type ReplayGuard } from '@tacet/onion';
import { seededRng } from '@tacet/testkit';
import { LayerWrapper } from '../src/layers.ts';
import { writePrefix } from '../src/prefix.ts';
import {
  EPOCH,
  makeNetwork,
  makeRelay,
  newGuard,
  requestAtMix,
  type TestNetwork,
} from './support.ts';

export interface FuzzReport {
  readonly outcomes: Record<string, number>;
  /** Processor time of the slowest packet: wall time would measure the neighbours. */
  readonly slowestMs: number;
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

type Mutator = (rng: Rng, frame: Frame, other: Frame) => Frame;

const at = (rng: Rng, from: number, to: number): number => from + randomInt(rng, to - from);

function flipIn(from: number, to: number): Mutator {
  return (rng, frame) => {
    const i = at(rng, from, to);
    frame[i] = (frame[i] ?? 0) ^ (1 + randomInt(rng, 255));
    return frame;
  };
}

const mutators: Mutator[] = [
  (_, frame) => frame,
  (rng) => rng.fill(new Uint8Array(randomInt(rng, 2 * G.frame))),
  (rng) => rng.fill(new Uint8Array(G.frame)),
  (rng, frame) => frame.slice(0, randomInt(rng, G.frame)),
  flipIn(0, 1),
  flipIn(1, 2),
  flipIn(2, 6),
  flipIn(6, 8),
  flipIn(8, 1_096),
  flipIn(1_096, 1_128),
  flipIn(1_128, 1_144),
  flipIn(1_144, 4_712),
  flipIn(4_712, G.frame),
  (rng, frame) => {
    const from = at(rng, 8, G.frame);
    return rng.fill(frame.subarray(from)) && frame;
  },
  (rng, frame, other) => {
    const from = at(rng, 8, G.frame);
    frame.set(other.subarray(from), from);
    return frame;
  },
  (rng, frame) => {
    frame.fill(0, 1_096, 1_128);
    frame[1_096] = randomInt(rng, 2);
    return frame;
  },
];

/** Half of the fields as they should be, half anything: reaches the checks behind the AEAD. */
function authentic(rng: Rng, network: TestNetwork, layer: number): Frame {
  const relay = network.relays[layer - 1];
  if (relay === undefined) throw new Error('no such layer');
  const often = () => randomInt(rng, 8) > 0;
  const command = often() ? (layer === 4 ? 2 + randomInt(rng, 2) : 1) : randomInt(rng, 256);
  const frame = rng.fill(new Uint8Array(G.frame));
  const payload = frame.subarray(G.payloadAt);
  if (often()) payload.fill(0, 0, 16);
  if (often()) payload.fill(0, 16);
  if (!often()) payload[16] = randomInt(rng, 256);
  const delayMs = often() ? randomInt(rng, 27_630) : randomInt(rng, 2 ** 32);
  const live = (G.layers + 1 - layer) * G.layer;
  const index = relay.index;
  new LayerWrapper(rng).wrap(
    frame.subarray(G.prefix, G.prefix + live),
    {
      epoch: EPOCH,
      documentHash: network.documentHash,
      firstLayer: layer,
      instructions: [
        {
          hop: { index, key: relay.pair.publicKey, delayMs: command > 2 && often() ? 0 : delayMs },
          command,
          next: (command > 1 && often() ? 0 : 1) * randomInt(rng, 65_536),
          id: command < 3 && often() ? null : rng.fill(new Uint8Array(16)),
        },
      ],
    },
    command > 2 && often() ? null : payload,
    null,
  );
  writePrefix(frame, { layer, epoch: EPOCH, index });
  if (!often()) flipIn(G.payloadAt, G.frame)(rng, frame, frame);
  return frame;
}

/** A guard that forgets now and then, so that old packets get past it, and is full now and then. */
function moodyGuard(rng: Rng): ReplayGuard {
  let guard = newGuard(1_000);
  return {
    has: (epoch, tag) => guard.has(epoch, tag),
    insert(epoch, tag) {
      if (randomInt(rng, 50) === 0) guard = newGuard(1_000);
      return randomInt(rng, 50) > 0 && guard.insert(epoch, tag);
    },
  };
}

export function fuzz(options: { count: number; seed: string }): FuzzReport {
  const rng = seededRng(options.seed);
  const network = makeNetwork();
  const { documentHash } = network;
  const openers = network.relays
    .slice(0, 4)
    .map((relay) => makeRelay({ ...relay, documentHash, replay: moodyGuard(rng) }).opener);
  const bases = Array.from({ length: 32 }, () => requestAtMix(network));
  const outcomes: Record<string, number> = {};
  let slowestMs = 0;
  for (let i = 0; i < options.count; i++) {
    const structured = i % 4 === 0;
    const layer = structured ? 1 + randomInt(rng, 4) : 1;
    const mutate = mutators[randomInt(rng, mutators.length)];
    const [a, b] = [bases[randomInt(rng, 32)], bases[randomInt(rng, 32)]];
    if (!mutate || !a || !b) throw new Error('unreachable');
    const frame = structured ? authentic(rng, network, layer) : mutate(rng, Uint8Array.from(a), b);
    const before = cpuMs();
    const opened = openers[layer - 1]?.open(frame, 0);
    slowestMs = Math.max(slowestMs, cpuMs() - before);
    const name = opened?.kind === 'drop' ? `drop ${opened.reason}` : (opened?.kind ?? 'nothing');
    outcomes[name] = (outcomes[name] ?? 0) + 1;
  }
  return { outcomes, slowestMs };
}

if (import.meta.main) {
  const [count = '100000', seed = hex(systemRng.fill(new Uint8Array(8)))] = process.argv.slice(2);
  const report = fuzz({ count: Number(count), seed });
  console.log(JSON.stringify({ count: Number(count), seed, ...report }));
}
