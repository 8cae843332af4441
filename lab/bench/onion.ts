/**
 * Cost of the onion against the bare primitives it cannot do without, in one run
 * (docs/claims.md). Rounds alternate floor, unwrap and build, so that a machine that changes its
 * speed changes all of them; ratios are medians over rounds.
 *
 * unwrap: `PacketOpener.open` at mix 1 on distinct packets, with an `EpochReplayGuard` of a mix
 * declared at 6,000 packets a second and half full. Every packet is then opened by the other
 * three relays and its data compared.
 * floor: X25519, ML-KEM-768 decapsulation, header AEAD and LIONESS, each in a tight loop on
 * preallocated buffers and cached keys. SHA3, KDF, replay set, payload MAC, refill and the
 * result's memory are not in the floor.
 */
import { createPrivateKey, createPublicKey, decapsulate, encapsulate } from 'node:crypto';
import { randomBytes } from '@tacet/base';
import {
  kemKeyPair,
  lionessDecrypt,
  lionessEncrypt,
  lionessKeys,
  openHeader,
  sealHeader,
  systemRng,
} from '@tacet/crypto';
import {
  createPacketBuilder,
  createPacketOpener,
  type DocumentHash,
  EpochReplayGuard,
  type Frame,
  GEOMETRY as G,
  type PacketOpener,
  type Path,
  type ReplyId,
} from '@tacet/onion';
import { median } from '@tacet/testkit/quantile';
import sodium from 'sodium-native';

const ROUNDS = 11;
/** A round is so many slices of floor, unwrap and build in turn. */
const SLICES = 20;
const PACKETS_PER_SLICE = 50;
const BUILDS_PER_SLICE = 5;
const PACKETS_PER_ROUND = SLICES * PACKETS_PER_SLICE;
const REPLAY_CAPACITY = 6_000 * 3_900;
const EPOCH = 1;

const bytes = (n: number): Uint8Array => randomBytes(systemRng, n);

/** Microseconds a call, over `count` calls. */
function timed(count: number, call: (i: number) => void): number {
  const start = process.hrtime.bigint();
  for (let i = 0; i < count; i++) call(i);
  return Number(process.hrtime.bigint() - start) / 1_000 / count;
}

/** The bare primitives. Each returns microseconds a call. */
function makeFloor() {
  const scalar = bytes(32);
  const point = new Uint8Array(32);
  const shared = new Uint8Array(32);
  sodium.crypto_scalarmult_base(point, bytes(32));
  const mlSecret = createPrivateKey({
    key: bytes(64),
    format: 'raw-seed',
    asymmetricKeyType: 'ml-kem-768',
  });
  const mlPublic = createPublicKey(mlSecret);
  const { ciphertext } = encapsulate(mlPublic);
  const [key, nonce, tag] = [bytes(32), bytes(12), new Uint8Array(G.tag)];
  const ad = bytes(G.prefix + G.kemCiphertext);
  const sealed = new Uint8Array(G.header - G.kemCiphertext - G.tag);
  const plain = new Uint8Array(sealed.length);
  sealHeader(sealed, tag, key, nonce, plain, ad);
  const lioness = lionessKeys(bytes(128));
  const payload = bytes(G.payload);
  return {
    x25519: (n: number) => timed(n, () => sodium.crypto_scalarmult(shared, scalar, point)),
    x25519Base: (n: number) => timed(n, () => sodium.crypto_scalarmult_base(shared, scalar)),
    decapsulate: (n: number) => timed(n, () => decapsulate(mlSecret, ciphertext)),
    encapsulate: (n: number) => timed(n, () => encapsulate(mlPublic)),
    header: (n: number) => timed(n, () => openHeader(plain, key, nonce, sealed, tag, ad)),
    payload: (n: number) => timed(n, () => lionessDecrypt(lioness, payload)),
    payloadEncrypt: (n: number) => timed(n, () => lionessEncrypt(lioness, payload)),
  };
}

function makeRelays(): { openers: PacketOpener[]; path: Path; guard: EpochReplayGuard } {
  const documentHash = bytes(32) as DocumentHash;
  const pairs = [0, 1, 2, 3].map(() => kemKeyPair(bytes(32)));
  const guard = new EpochReplayGuard({ capacity: REPLAY_CAPACITY, rng: systemRng, log: 'keep' });
  const openers = pairs.map((secret, index) =>
    createPacketOpener({
      keys: {
        lookup: (epoch) =>
          epoch === EPOCH
            ? { secret, index, documentHash, predecessor: null, delayCapMs: 27_630 }
            : null,
      },
      replay:
        index === 0
          ? guard
          : new EpochReplayGuard({ capacity: 20_000, rng: systemRng, log: 'none' }),
      rng: systemRng,
      role: index === 3 ? 'edge' : 'mix',
      layer: index + 1,
    }),
  );
  const hops = pairs.map((pair, index) => ({ index, key: pair.publicKey, delayMs: 0 }));
  const path = { epoch: EPOCH, documentHash, hops } as unknown as Path;
  return { openers, path, guard };
}

/** Half of the set's capacity, so that probing costs what it costs in the middle of an epoch. */
function fillHalf(guard: EpochReplayGuard): void {
  const chunk = new Uint8Array(8 * 65_536);
  for (let done = 0; done < REPLAY_CAPACITY / 2; done += 65_536) {
    guard.load(EPOCH, systemRng.fill(chunk));
  }
}

function numbered(i: number): Uint8Array {
  const data = new Uint8Array(G.requestData).fill(i & 0xff);
  new DataView(data.buffer).setUint32(0, i);
  return data;
}

function check(openers: readonly PacketOpener[], packet: Frame, expected: Uint8Array): void {
  let frame = packet;
  for (const opener of openers.slice(1, 3)) {
    const out = opener.open(frame, 0);
    if (out.kind !== 'forward') throw new Error(`a packet was lost: ${out.kind}`);
    frame = out.packet;
  }
  const end = openers[3]?.open(frame, 0);
  if (end?.kind !== 'request' || Buffer.compare(end.data, expected) !== 0) {
    throw new Error('a packet came out wrong');
  }
}

export async function run(): Promise<Record<string, number>> {
  const floor = makeFloor();
  const { openers, path, guard } = makeRelays();
  const [first] = openers;
  if (first === undefined) throw new Error('no relay');
  fillHalf(guard);
  const builder = createPacketBuilder(systemRng);
  const replyId = bytes(16) as ReplyId;
  const build = (i: number): Frame =>
    builder.request(path, numbered(i), builder.replyBlock(path, replyId).block);

  const rounds: Round[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const block = builder.replyBlock(path, replyId).block;
    const base = (round + 1) * PACKETS_PER_ROUND;
    const packets = Array.from({ length: PACKETS_PER_ROUND }, (_, i) => {
      const frame = builder.request(path, numbered(base + i), block);
      frame[1] = 1;
      return frame;
    });
    const results: Frame[] = [];
    const sum = new Sums();
    for (let slice = 0; slice < SLICES; slice++) {
      const from = slice * PACKETS_PER_SLICE;
      const n = PACKETS_PER_SLICE;
      sum.add('floor_x25519_us', floor.x25519(n));
      sum.add('floor_mlkem_us', floor.decapsulate(n));
      sum.add('floor_header_us', floor.header(n));
      sum.add('floor_payload_us', floor.payload(n));
      sum.add(
        'unwrap_us',
        timed(n, (i) => {
          const out = first.open(packets[from + i] as Frame, 0);
          if (out.kind === 'forward') results.push(out.packet);
        }),
      );
      const kem = floor.x25519Base(n) + floor.x25519(n) + floor.encapsulate(n);
      sum.add('build_floor_us', 8 * kem + 4 * floor.payloadEncrypt(n));
      sum.add('build_us', timed(BUILDS_PER_SLICE, build));
    }
    if (results.length !== PACKETS_PER_ROUND) throw new Error('a packet was dropped');
    for (const [i, packet] of results.entries()) check(openers, packet, numbered(base + i));
    if (round < 0) continue; // warm-up
    const figures = sum.means();
    const floorSum =
      figures.floor_x25519_us +
      figures.floor_mlkem_us +
      figures.floor_header_us +
      figures.floor_payload_us;
    guard.takeLog();
    rounds.push({
      ...figures,
      floor_us: floorSum,
      unwrap_over_floor: figures.unwrap_us / floorSum,
      build_over_floor: figures.build_us / figures.build_floor_us,
    });
  }
  const unwrapMean = rounds.reduce((sum, round) => sum + round.unwrap_us, 0) / rounds.length;
  const names = Object.keys(rounds[0] ?? {}) as (keyof Round)[];
  const medians = names.map((name) => [name, round3(median(rounds.map((r) => r[name])))]);
  return {
    ...Object.fromEntries(medians),
    packets_per_s_core: Math.round(1e6 / unwrapMean),
    packets_checked: ROUNDS * PACKETS_PER_ROUND,
    replay_mb: Math.round(guard.bytes(EPOCH) / 2 ** 20),
  };
}

type Part =
  | 'floor_x25519_us'
  | 'floor_mlkem_us'
  | 'floor_header_us'
  | 'floor_payload_us'
  | 'unwrap_us'
  | 'build_floor_us'
  | 'build_us';
type Round = Record<Part | 'floor_us' | 'unwrap_over_floor' | 'build_over_floor', number>;

class Sums {
  private readonly sums = new Map<Part, number>();

  add(part: Part, value: number): void {
    this.sums.set(part, (this.sums.get(part) ?? 0) + value / SLICES);
  }

  means(): Record<Part, number> {
    return Object.fromEntries(this.sums) as Record<Part, number>;
  }
}

function round3(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
