/** A small network for packet tests: three mixes, two edges, one document hash, one epoch. */
import assert from 'node:assert/strict';
import { randomBytes } from '@tacet/base';
import { type KemKeyPair, kemKeyPair, systemRng } from '@tacet/crypto';
import {
  type CountingOpener,
  createPacketBuilder,
  createPacketOpener,
  type DocumentHash,
  type EpochKeys,
  EpochReplayGuard,
  type Frame,
  type Opened,
  type Path,
  type ReplayGuard,
  type ReplyId,
} from '@tacet/onion';

export const EPOCH = 500_000;
export const DELAY_CAP = 27_630;
export const bytes = (n: number): Uint8Array => randomBytes(systemRng, n);
export const RUNS = Number(process.env.FC_RUNS ?? 100);

export interface TestRelay {
  readonly index: number;
  readonly layer: number;
  readonly pair: KemKeyPair;
  readonly keys: EpochKeys;
  readonly opener: CountingOpener;
}

export interface TestNetwork {
  readonly documentHash: DocumentHash;
  readonly relays: readonly [TestRelay, TestRelay, TestRelay, TestRelay, TestRelay];
}

export interface RelayOptions {
  readonly layer: number;
  readonly index: number;
  readonly documentHash: DocumentHash;
  readonly predecessor?: DocumentHash | null;
  readonly pair?: KemKeyPair;
  readonly replay?: ReplayGuard;
}

export function newGuard(capacity = 20_000): EpochReplayGuard {
  return new EpochReplayGuard({ capacity, rng: systemRng, log: 'keep' });
}

export function makeRelay(options: RelayOptions): TestRelay {
  const { layer, index, documentHash } = options;
  const pair = options.pair ?? kemKeyPair(bytes(32));
  const predecessor = options.predecessor ?? null;
  const keys: EpochKeys = {
    lookup: (epoch) =>
      epoch === EPOCH
        ? { secret: pair, index, documentHash, predecessor, delayCapMs: DELAY_CAP }
        : null,
  };
  const opener = createPacketOpener({
    keys,
    replay: options.replay ?? newGuard(),
    rng: systemRng,
    role: layer === 4 ? 'edge' : 'mix',
    layer,
  });
  return { index, layer, pair, keys, opener };
}

/** The same keys and index with nothing remembered. */
export function freshCopy(relay: TestRelay, network: TestNetwork): TestRelay {
  return makeRelay({ ...relay, documentHash: network.documentHash });
}

export function freshNetwork(network: TestNetwork): TestNetwork {
  const again = (relay: TestRelay): TestRelay => freshCopy(relay, network);
  const [a, b, c, d, e] = network.relays;
  return { ...network, relays: [again(a), again(b), again(c), again(d), again(e)] };
}

/** Indices are unlike layers on purpose; relays[3] is the box edge, relays[4] the own edge. */
export function makeNetwork(): TestNetwork {
  const documentHash = bytes(32) as DocumentHash;
  const make = (layer: number, index: number): TestRelay =>
    makeRelay({ layer, index, documentHash });
  return {
    documentHash,
    relays: [make(1, 7), make(2, 300), make(3, 65_535), make(4, 0), make(4, 11)],
  };
}

export function pathThrough(
  network: TestNetwork,
  edge: 3 | 4,
  delays: readonly number[] = [100, 200, 300, 0],
): Path {
  const hop = (relay: TestRelay, i: number) => ({
    index: relay.index,
    key: relay.pair.publicKey,
    delayMs: delays[i] ?? 0,
  });
  const [a, b, c] = network.relays;
  return {
    epoch: EPOCH,
    documentHash: network.documentHash,
    hops: [hop(a, 0), hop(b, 1), hop(c, 2), hop(network.relays[edge], 3)],
  };
}

export const makeReplyId = (): ReplyId => bytes(16) as ReplyId;

/** A request as the first mix receives it. */
export function requestAtMix(network: TestNetwork, data: Uint8Array = bytes(2_000)): Frame {
  const builder = createPacketBuilder(systemRng);
  const { block } = builder.replyBlock(pathThrough(network, 4), makeReplyId());
  const frame = builder.request(pathThrough(network, 3), data, block);
  frame[1] = 1;
  return frame;
}

/** A reply as the first mix receives it, with what its maker keeps. */
export function replyAtMix(network: TestNetwork, data: Uint8Array = bytes(7_560)) {
  const builder = createPacketBuilder(systemRng);
  const { block, keys } = builder.replyBlock(pathThrough(network, 4), makeReplyId());
  const injected = network.relays[3].opener.reply(block, data, 0);
  assert.ok(injected);
  return { frame: injected.packet, block, keys, data, builder };
}

export function expectKind<K extends Opened['kind']>(
  opened: Opened,
  kind: K,
): Extract<Opened, { kind: K }> {
  assert.equal(opened.kind === 'drop' ? `drop ${opened.reason}` : opened.kind, kind);
  return opened as Extract<Opened, { kind: K }>;
}

export function expectDrop(opened: Opened, reason: string): void {
  assert.equal(opened.kind === 'drop' ? opened.reason : opened.kind, reason);
}

/** Through so many mixes; what the last of them sends. */
export function through(network: TestNetwork, frame: Frame, mixes = 3): Frame {
  let at = frame;
  for (const relay of network.relays.slice(0, mixes)) {
    at = expectKind(relay.opener.open(at, 0), 'forward').packet;
  }
  return at;
}

/** The frame with one bit changed, in place; call again to undo. */
export function toggle(frame: Uint8Array, bit: number): void {
  frame[bit >> 3] = (frame[bit >> 3] ?? 0) ^ (1 << (bit & 7));
}

/**
 * Whether Pearson's statistic of the bytes against uniform is within seven standard deviations of its
 * mean: beyond it by chance hardly once in a hundred million samples.
 */
export function isUniform(sample: Uint8Array): boolean {
  const counts = new Array<number>(256).fill(0);
  for (const byte of sample) counts[byte] = (counts[byte] ?? 0) + 1;
  const expected = sample.length / 256;
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (chi - 255) / Math.sqrt(510) < 7;
}
