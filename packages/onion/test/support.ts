/** A small network for packet tests: three mixes, two edges, one document hash, one epoch. */
import { type Rng, randomBytes } from '@tacet/base';
import { type KemKeyPair, kemKeyPair, systemRng } from '@tacet/crypto';
import {
  createPacketOpener,
  type DocumentHash,
  type EpochKeys,
  EpochReplayGuard,
  type PacketOpener,
  type Path,
  type ReplayGuard,
  type ReplyId,
} from '@tacet/onion';

export const EPOCH = 500_000;
export const DELAY_CAP = 27_630;
export const bytes = (n: number): Uint8Array => randomBytes(systemRng, n);

export interface TestRelay {
  readonly index: number;
  readonly layer: number;
  readonly pair: KemKeyPair;
  readonly seed: Uint8Array;
  readonly replay: EpochReplayGuard;
  readonly keys: EpochKeys;
  readonly opener: PacketOpener;
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
  readonly seed?: Uint8Array;
  readonly replay?: ReplayGuard;
  readonly epochs?: readonly number[];
  readonly rng?: Rng;
}

export function makeRelay(options: RelayOptions): TestRelay {
  const { layer, index, documentHash } = options;
  const seed = options.seed ?? bytes(32);
  const pair = kemKeyPair(seed);
  const replay = new EpochReplayGuard({ capacity: 10_000, rng: systemRng, log: 'keep' });
  const accepted = options.epochs ?? [EPOCH];
  const keys: EpochKeys = {
    lookup: (epoch) =>
      accepted.includes(epoch)
        ? {
            secret: pair,
            index,
            documentHash,
            predecessor: options.predecessor ?? null,
            delayCapMs: DELAY_CAP,
          }
        : null,
  };
  const role = layer === 4 ? 'edge' : 'mix';
  const opener = createPacketOpener({
    keys,
    replay: options.replay ?? replay,
    rng: options.rng ?? systemRng,
    role,
    layer,
  });
  return { index, layer, pair, seed, replay, keys, opener };
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
