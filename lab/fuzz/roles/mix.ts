/** The three mixes of a small network: frames of links, packets of every kind of wrongness. */
import assert from 'node:assert/strict';
import { isAppError, type Rng, randomBytes, randomInt } from '@tacet/base';
import { delayCapMs } from '@tacet/directory';
import { createLoopBuilder, DROP_REASONS, type Frame, GEOMETRY as G } from '@tacet/onion';
import { MixMachine } from '@tacet/relay';
import { makeTestNetwork, seededRng, type TestNetwork, type TestRelay } from '@tacet/testkit';
import { decodeRelayFrame } from '@tacet/wire';
import { RoleClock } from '../clock.ts';
import { Forge, smallOrder } from '../forge.ts';
import { addCounts, Deck, flip, Noise, resized, spliced, type Weighted } from '../mutate.ts';
import { OpenerNode } from '../node.ts';
import type { Input, Role, RoleKind, RoleOptions } from '../types.ts';

const POOL = 8;
/** Inputs in a row, of so many, during which no time passes: the pool fills up. Short run and long. */
const STILL = [
  [2_048, 32_768],
  [8_192, 65_536],
] as const;
const [FORWARD, END] = [1, 4];

/** Changed where no mix may look: fill behind the live header, payload of a reply. */
const UNSEEN = ['frame', 'header of one, rest of another', 'payload of a reply'];
/** Last hop only: what an edge finds behind the last layer. */
/** Of a long run, one input in so many is drawn from all kinds. */
const WHOLE_EVERY = 8;
const EDGE_ONLY = ['end-check', 'request'];

export const mix: RoleKind = {
  name: 'mix',
  reasons: [
    'frame-malformed',
    ...DROP_REASONS.filter((reason) => !EDGE_ONLY.includes(reason)).map((one) => `packet-${one}`),
    'next-unknown',
    'next-layer',
    'shed',
    'loop-unknown',
  ],
  beyond: {
    'packet-end-check': 'only the last layer has an end check; see edge',
    'packet-request': 'only edges read requests; see edge',
    misplaced: 'only an opener of another layer gives a mix what edges do',
    'loop-no-path': 'no document: up to the authorities',
    'loop-skipped': "4,096 loops under way: up to the mix's own rate",
  },
  events: {
    received: 'packets looked at',
    sent: 'packets passed on',
    'loop-made': 'loops of its own',
    'loop-lost': 'loops of its own that did not come back, since nobody here sends them on',
    'loop-alarm': 'the same too often; says nothing about any input',
  },
  make: (options) => new MixRole(options),
};

interface Node extends OpenerNode {
  machine: MixMachine;
  /** Packets with one thing wrong, or nothing, by kind. */
  stock: Map<string, Frame[]>;
}

class MixRole implements Role {
  private readonly rng: Rng;
  private readonly network: TestNetwork;
  private readonly forge: Forge;
  private readonly noise: Noise;
  private readonly nodes: readonly Node[];
  private readonly clock: RoleClock;
  private readonly deck: Deck<(node: Node) => Input>;
  private readonly malformed = { n: 0 };
  private fed = 0;
  private readonly large: boolean;
  private sent = 0;

  constructor({ seed, count }: RoleOptions) {
    this.large = count > 200_000;
    this.rng = seededRng(`fuzz mix ${seed}`);
    this.network = makeTestNetwork({ seed: 'fuzz mix', mixesPerLayer: 1, edges: 2 });
    this.forge = new Forge(this.rng, this.network);
    this.noise = new Noise(this.rng);
    this.clock = new RoleClock(count / 64, 1_000);
    this.nodes = this.network.mixes.map((relay) => this.node(relay));
    this.deck = new Deck(this.rng, this.cards(), this.large ? WHOLE_EVERY : 1);
  }

  next(): Input {
    const node = this.nodes[randomInt(this.rng, 3)];
    assert.ok(node);
    return this.deck.draw()(node);
  }

  rest(): void {
    this.fed += 1;
    const [first, of] = STILL[this.large ? 1 : 0];
    const still = this.fed % (of / 64) < first / 64;
    for (const node of this.nodes) {
      node.refresh();
      if (still) continue;
      node.machine.advance(this.clock.now);
      this.sent += node.machine.drain().length;
      assert.ok(node.machine.poolSize <= POOL + 4_096, 'the pool is bounded');
    }
    if (!still) this.clock.tick();
  }

  counts() {
    const all = new Map<string, number>();
    for (const { machine } of this.nodes) addCounts(all, machine.counters.snapshot());
    all.set('frame-malformed', this.malformed.n);
    return Object.fromEntries(all);
  }

  /** What left came in as a good packet or was made here. */
  lateReplies(): number {
    const { 'loop-made': made = 0 } = this.counts();
    return Math.max(0, this.sent - made - this.taken);
  }

  check(): void {
    for (const node of this.nodes) {
      node.machine.advance(this.clock.tick(60_000));
      node.machine.drain();
      const packet = this.good(node, 0);
      assert.ok(node.machine.admit(), 'there is room again');
      const opened = node.opener.open(packet, this.clock.now);
      const isFull = opened.kind === 'drop' && opened.reason === 'replay-full';
      assert.ok(isFull || node.machine.onOpened(opened, this.clock.now), 'a good packet is kept');
    }
  }

  private taken = 0;

  private node(relay: TestRelay): Node {
    const node = new OpenerNode(this.network, relay, this.rng) as Node;
    node.machine = new MixMachine({
      book: node.book,
      layer: relay.layer as 1 | 2 | 3,
      self: relay.hash,
      rng: this.rng,
      builder: createLoopBuilder(this.rng),
      limits: { pool: POOL },
    });
    const each = this.large ? 48 : 12;
    const kinds: [string, () => Frame, number][] = [
      ['good', () => this.good(node, randomInt(this.rng, 400)), 12 * each],
      [
        'reply',
        () => this.towards(node, this.following(node), randomInt(this.rng, 400), null),
        4 * each,
      ],
      ['command', () => this.command(node), each],
      ['delay', () => this.late(node), each],
      ['next-unknown', () => this.towards(node, 60_000 + randomInt(this.rng, 5_000)), each],
      ['next-layer', () => this.towards(node, this.wrongLayer(node)), each],
      ['end', () => this.end(node), each],
      ['other document', () => this.otherDocument(node), each],
    ];
    node.stock = new Map(
      kinds.map(([kind, make, n]) => [kind, Array.from({ length: n }, () => make())]),
    );
    return node;
  }

  private cards(): Weighted<(node: Node) => Input>[] {
    const stocked = (kind: string, silent: boolean) => (node: Node) =>
      this.frame(kind, node, this.from(node, kind), silent);
    const bent =
      (kind: string, change: (frame: Frame, node: Node) => Frame, stock = 'good') =>
      (node: Node) =>
        this.frame(kind, node, change(this.from(node, stock).slice(), node));
    const { rng } = this;
    return [
      [20, bent('another length', (frame) => resized(rng, frame)), 20],
      [20, bent('version', (frame) => flip(rng, frame, 0, 1)), 20],
      [40, bent('layer', (frame) => flip(rng, frame, 1, 2)), 40],
      [60, bent('epoch', (frame) => flip(rng, frame, 2, 6)), 60],
      [60, bent('index', (frame) => flip(rng, frame, 6, 8)), 60],
      [20, bent('noise', (frame) => this.noise.into(frame)), 20],
      [40, bent('noise behind a good prefix', (frame, node) => this.noisy(frame, node))],
      [30, bent('ciphertext', (frame) => flip(rng, frame, 8, 1_128))],
      [20, bent('point of small order', (frame) => smallOrder(frame, randomInt(rng, 2) === 0))],
      [20, bent('tag or sealed header', (frame) => flip(rng, frame, 1_128, G.layer + 8))],
      [15, bent('header of one, rest of another', (frame, node) => this.splice(frame, node))],
      [15, bent('payload', (frame) => flip(rng, frame, G.payloadAt, G.frame))],
      [10, bent('frame', (frame) => flip(rng, frame, 8, G.frame))],
      [20, stocked('good', false)],
      [5, stocked('reply', false)],
      [5, bent('payload of a reply', (frame) => flip(rng, frame, G.payloadAt), 'reply')],
      [10, stocked('command', true)],
      [10, stocked('delay', true)],
      [10, stocked('next-unknown', true)],
      [10, stocked('next-layer', true)],
      [10, stocked('end', true)],
      [10, stocked('other document', true)],
    ];
  }

  private from(node: Node, kind: string): Frame {
    const stock = node.stock.get(kind) ?? [];
    const frame = stock[randomInt(this.rng, stock.length)];
    assert.ok(frame, kind);
    return frame;
  }

  /** By the way of a link, or straight into the opener: that it holds what links check counts too. */
  private frame(kind: string, node: Node, bytes: Frame, silent = true): Input {
    const straight = randomInt(this.rng, 2) === 0;
    const { now } = this.clock;
    const isBad = silent && !UNSEEN.includes(kind);
    return {
      kind,
      silent: isBad,
      deliver: () => {
        let frame = bytes;
        if (!straight) {
          const read = this.read(bytes);
          if (read === null) return 0;
          frame = read;
        }
        if (!node.machine.admit()) return 0;
        const kept = node.machine.onOpened(node.opener.open(frame, now), now);
        if (kept) this.taken += 1;
        return kept ? 1 : 0;
      },
    };
  }

  private read(bytes: Uint8Array): Frame | null {
    try {
      const frame = decodeRelayFrame(bytes);
      return frame.kind === 'packet' ? frame.frame : null;
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      this.malformed.n += 1;
      return null;
    }
  }

  private good(node: Node, delayMs: number): Frame {
    return this.towards(node, this.following(node), delayMs);
  }

  private towards(
    node: Node,
    next: number,
    delayMs = 5,
    payload: Uint8Array | null = this.noise.take(G.payload),
  ): Frame {
    const { relay } = node;
    return this.forge.packet({
      relay,
      layer: relay.layer,
      command: FORWARD,
      next,
      delayMs,
      payload,
    });
  }

  private late(node: Node): Frame {
    const longest = delayCapMs(this.network.parameters);
    const delayMs = longest + 1 + randomInt(this.rng, 2 ** 31);
    return this.towards(node, this.following(node), delayMs);
  }

  private command(node: Node): Frame {
    const { relay } = node;
    const { layer } = relay;
    const payload = this.noise.take(G.payload);
    const some = randomInt(this.rng, 5);
    const id = some === 0 ? randomBytes(this.rng, 16) : null;
    const command = some === 0 ? FORWARD : [0, 2, 3, 5 + randomInt(this.rng, 250), END][some - 1];
    // END with a MAC is none either.
    return this.forge.packet({ relay, layer, command: command ?? 0, id, payload });
  }

  private end(node: Node): Frame {
    const { relay } = node;
    const id = randomBytes(this.rng, 16);
    return this.forge.packet({ relay, layer: relay.layer, command: END, id, payload: null });
  }

  private otherDocument(node: Node): Frame {
    const { relay } = node;
    const documentHash = randomBytes(this.rng, 32) as TestNetwork['verified']['hash'];
    const payload = this.noise.take(G.payload);
    return this.forge.packet({
      relay,
      layer: relay.layer,
      command: FORWARD,
      payload,
      documentHash,
    });
  }

  private noisy(frame: Frame, node: Node): Frame {
    frame.set(this.noise.take(G.frame - 8), 8);
    return this.forge.prefixed(frame, node.relay.layer, this.forge.indexOf(node.relay));
  }

  private splice(frame: Frame, node: Node): Frame {
    return spliced(this.rng, frame, this.from(node, 'good'), 8);
  }

  /** Index of a relay of the next layer. */
  private following({ relay }: Node): number {
    const { mixes, edges } = this.network;
    const found = relay.layer === 3 ? edges[0] : mixes.find((one) => one.layer === relay.layer + 1);
    assert.ok(found);
    return this.forge.indexOf(found);
  }

  private wrongLayer({ relay }: Node): number {
    return this.forge.indexOf(relay);
  }
}
