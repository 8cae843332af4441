/**
 * An edge from both of its sides: what clients send (hellos, frames, rates), what mixes send
 * (packets of every kind of wrongness, and requests inside good ones), what other edges send.
 */
import assert from 'node:assert/strict';
import { type Rng, randomInt } from '@tacet/base';
import { DROP_REASONS, GEOMETRY as G } from '@tacet/onion';
import { EDGE_LIMITS, EdgeMachine, type RelayEffect } from '@tacet/relay';
import { MemoryBoxes } from '@tacet/relay/acceptance/memory-boxes';
import { makeTestNetwork, seededRng, type TestNetwork } from '@tacet/testkit';
import { encodeRequest } from '@tacet/wire';
import { RoleClock } from '../clock.ts';
import { Forge } from '../forge.ts';
import { addCounts, Deck, Noise, type Weighted } from '../mutate.ts';
import { OpenerNode } from '../node.ts';
import { stockOf } from '../stock.ts';
import type { Input, Role, RoleKind, RoleOptions } from '../types.ts';
import { BoxStock } from './edge-boxes.ts';
import { digestCards } from './edge-digests.ts';
import { linkCards } from './edge-links.ts';
import { packetCards } from './edge-packets.ts';
import { requestCards } from './edge-requests.ts';

const UP = ['length', 'version', 'layer', 'epoch'] as const;
const LIMITS = {
  ...EDGE_LIMITS,
  pool: 2,
  answers: 12,
  links: 8,
  lostSessions: 8,
  repliesEach: 8,
  transferPackets: 40,
  repliesAll: 30,
  standingReads: 15,
  storePending: 15,
  marksPending: 6,
  boxes: 120,
};
/** Of a long run, one input in so many is drawn from all kinds. */
const WHOLE_EVERY = 8;
const MINUTE_STEPS = 60_000;

export const edge: RoleKind = {
  name: 'edge',
  reasons: [
    'frame-malformed',
    'page-malformed',
    'page-mismatch',
    'page-evicted',
    'link-refused-secret',
    'link-refused-full',
    'link-refused-no-document',
    'link-twice',
    'link-unknown',
    'slot-unknown',
    'rate-refused',
    'transfer-full',
    'early',
    ...UP.map((reason) => `up-${reason}`),
    'pool-full',
    ...DROP_REASONS.map((reason) => `packet-${reason}`),
    'next-unknown',
    'next-layer',
    'reply-unknown',
    'reply-full',
    'request-malformed',
    'request-unanswerable',
    'put-invalid',
    'put-misplaced',
    'put-no-room',
    'tombstone-invalid',
    'stand-evicted',
    'store-full',
    'store-failed',
    'answers-full',
    'answer-stale',
    'digest-marks-full',
    'digest-known',
    'digest-invalid',
    'digest-early',
    'digest-old',
    'digest-fork',
    'digest-doubt',
  ],
  beyond: {
    misplaced: 'only an opener of another layer gives an edge what mixes do',
    'store-unknown': "tokens are the machine's own; only its store could name a wrong one",
    'digest-skipped': "the relay's own clock set back; packages/relay/test/support/hostile.ts",
    ...Object.fromEntries(
      DROP_REASONS.filter((reason) => !UP.some((one) => one === reason)).map((reason) => [
        `up-${reason}`,
        'what enters is not opened: four checks of the prefix are all there are',
      ]),
    ),
  },
  events: {
    received: 'packets looked at',
    sent: 'packets entered or answered',
    up: 'packets from clients taken',
    'link-opened': 'hellos answered',
    'link-resumed': 'hellos answered, of a client that was here',
    'transfer-begun': 'links let into Transfer',
    get: 'requests read',
    put: 'requests read',
    tombstone: 'requests read',
    stand: 'reads that wait for a box',
    'stand-expired': 'reads that have waited as long as they asked to',
    answered: 'answers sent',
    'reply-queued': 'replies kept for a client',
    'page-finished': 'items put together from pages',
    'digest-made': 'digests of its own',
    'digest-taken': 'digests of other edges taken',
  },
  make: (options) => new EdgeRole(options),
};

export class EdgeRole implements Role {
  readonly rng: Rng;
  readonly network: TestNetwork;
  readonly forge: Forge;
  readonly noise: Noise;
  readonly node: OpenerNode;
  readonly machine: EdgeMachine;
  /** Has no document yet. */
  readonly young: EdgeMachine;
  readonly boxes: BoxStock;
  readonly clock: RoleClock;
  readonly large: boolean;
  /** That the machine gave out; of links that may be long gone. */
  readonly handles: Uint8Array[] = [new Uint8Array(8)];
  /** What hosts and readers around the machine count. */
  readonly around = new Map<string, number>();
  private readonly deck: Deck<() => Input>;
  private store = new MemoryBoxes();
  private storeSince: number;
  private waiting: Extract<RelayEffect, { kind: 'store' }>[] = [];

  constructor({ seed, count }: RoleOptions) {
    this.large = count > 200_000;
    this.rng = seededRng(`fuzz edge ${seed}`);
    this.network = makeTestNetwork({ seed: 'fuzz edge', mixesPerLayer: 1, edges: 4 });
    this.forge = new Forge(this.rng, this.network);
    this.noise = new Noise(this.rng);
    this.clock = new RoleClock(count / 64, 1_000);
    this.storeSince = this.clock.now;
    const relay = this.network.edges[0];
    assert.ok(relay);
    this.node = new OpenerNode(this.network, relay, this.rng);
    const options = {
      injector: this.node.opener,
      book: this.node.book,
      self: relay.hash,
      sign: relay.identity,
      rng: this.rng,
      joinSecret: this.network.card.joinSecret,
      proof: new Uint8Array(100),
      limits: LIMITS,
      noise: { fill: (out: Uint8Array) => out },
    };
    this.machine = new EdgeMachine(options);
    this.machine.onDocument(this.network.verified, this.clock.now);
    this.young = new EdgeMachine(options);
    this.boxes = new BoxStock(this);
    const cards = [linkCards, packetCards, requestCards, digestCards].flatMap((of) => of(this));
    this.deck = new Deck(this.rng, cards, this.large ? WHOLE_EVERY : 1);
  }

  next(): Input {
    return this.deck.draw()();
  }

  /** An input for the machine; outputs are effects of this very moment. */
  input(kind: string, silent: boolean, act: () => void): Input {
    return {
      kind,
      silent,
      deliver: () => {
        act();
        return this.drain();
      },
    };
  }

  count(name: string, by = 1): void {
    this.around.set(name, (this.around.get(name) ?? 0) + by);
  }

  rest(): void {
    const now = this.clock.tick();
    this.node.refresh();
    this.machine.advance(now);
    this.drain();
    this.settle();
    // The day of many boxes: a minute.
    if (now - this.storeSince > MINUTE_STEPS) {
      this.storeSince = now;
      this.store = new MemoryBoxes();
    }
    this.checkBounds();
  }

  counts() {
    const all = new Map(this.around);
    addCounts(all, this.machine.counters.snapshot());
    addCounts(all, this.young.counters.snapshot());
    return Object.fromEntries(all);
  }

  /** Answers beyond the requests that could be read. */
  lateReplies(): number {
    const { machine } = this;
    const get = (name: Parameters<typeof machine.counters.get>[0]) => machine.counters.get(name);
    const answers = get('answered') + get('answer-stale') + get('answers-full');
    return Math.max(0, answers - get('put') - get('get') - get('tombstone'));
  }

  check(): void {
    for (let i = 0; i < 20; i++) {
      this.machine.advance(this.clock.tick(30_000));
      this.drain();
      while (this.waiting.length > 0) this.settle(true);
    }
    assert.equal(this.machine.load.answers, 0, 'nothing waits for ever');
    const before = this.machine.counters.get('answered');
    const mark = this.boxes.mark();
    const data = encodeRequest({ kind: 'get', waitMs: 0, marks: [mark, mark, mark] });
    const block = this.forge.replyBlock(this.firstMix);
    const { epoch } = this.forge;
    this.machine.onOpened({ kind: 'request', epoch, delayMs: 0, data, block }, this.clock.now);
    this.drain();
    this.settle(true);
    this.machine.advance(this.clock.tick(1_000));
    this.drain();
    assert.equal(
      this.machine.counters.get('answered'),
      before + 1,
      'an honest request is answered',
    );
  }

  get firstMix(): number {
    return this.network.relays.findIndex(({ layer }) => layer === 1);
  }

  get now(): number {
    return this.clock.now;
  }

  /** The store keeps commands for a while, fails now and then. */
  private settle(all = false): void {
    if (!all && randomInt(this.rng, 4) === 0) return;
    const commands = this.waiting;
    this.waiting = [];
    for (const { token, command } of commands) {
      const failed = !all && randomInt(this.rng, 50) === 0;
      const result = failed ? ({ kind: 'failed' } as const) : this.store.execute(command);
      this.machine.onStore(token, result, this.now);
    }
    this.drain();
  }

  private drain(): number {
    let outputs = 0;
    for (const effect of this.machine.drain()) {
      if (effect.kind === 'store') this.waiting.push(effect);
      if (effect.kind !== 'close' && effect.kind !== 'hold') outputs += 1;
    }
    for (const effect of this.young.drain()) if (effect.kind !== 'close') outputs += 1;
    return outputs;
  }

  private checkBounds(): void {
    const { load } = this.machine;
    assert.ok(load.links <= LIMITS.links && load.pool <= LIMITS.pool, 'links and pool');
    assert.ok(load.answers <= LIMITS.answers, 'answers');
    assert.ok(load.queuedReplies <= LIMITS.repliesAll, 'replies');
    assert.ok(load.standingReads <= LIMITS.standingReads, 'standing reads');
  }
}

export type Card = Weighted<() => Input>;

/** Some of a stock, made once. */
export function stocked<T>(role: EdgeRole, n: number, make: () => T): () => T {
  return stockOf(role, n, make, 4);
}

export const PAYLOAD_AT = G.payloadAt;
