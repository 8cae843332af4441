/**
 * A person's client: frames from an edge that may lie (pages, documents, digests, replies), texts
 * that somebody hands over (cards, invitations), and what contacts write into boxes.
 */
import assert from 'node:assert/strict';
import { isAppError, type Millis, type Rng } from '@tacet/base';
import { Client, type ClientEffect, prepareProfile } from '@tacet/client';
import { createPacketBuilder } from '@tacet/onion';
import {
  createFakeSession,
  MemoryStore,
  makeTestNetwork,
  seededRng,
  TEST_NOW,
  type TestNetwork,
} from '@tacet/testkit';
import { packBroadcast } from '@tacet/wire';
import { RoleClock } from '../clock.ts';
import { drained } from '../drained.ts';
import { addCounts, Deck, Noise, type Weighted } from '../mutate.ts';
import type { Input, Role, RoleKind, RoleOptions } from '../types.ts';
import { boxCards } from './client-boxes.ts';
import { frameCards } from './client-frames.ts';
import { ContactUnderFire } from './client-inbox.ts';
import { publishedCards } from './client-published.ts';
import { textCards } from './client-texts.ts';

/** Of a long run, one input in so many is drawn from all kinds. */
const WHOLE_EVERY = 8;

export const client: RoleKind = {
  name: 'client',
  reasons: [
    'frame-malformed',
    'proof-invalid',
    'page-malformed',
    'page-mismatch',
    'page-evicted',
    'document-malformed',
    'document-network',
    'document-signatures',
    'document-chain',
    'document-older',
    'document-known',
    'document-equivocation',
    'digest-invalid',
    'digest-time',
    'reply-unknown',
    'reply-unreadable',
    'reply-malformed',
    'answer-malformed',
    'record-invalid',
    'card-malformed',
    'network-joined',
    'invitation-malformed',
    'link-newer',
    'invitation-network',
    'meeting-malformed',
    'box-malformed',
    'envelope-malformed',
    'dead-senseless-box',
    'dead-session-undecryptable',
    'dead-session-duplicate',
    'dead-envelope-malformed',
    'dead-content-malformed',
  ],
  beyond: {},
  events: {
    'document-added': 'the documents it was given to begin and to end with',
    'envelopes-read': 'honest texts between',
    'page-finished': 'items put together from pages',
  },
  make: (options) => ClientRole.create(options),
};

export class ClientRole implements Role {
  readonly rng: Rng;
  readonly network: TestNetwork;
  readonly noise: Noise;
  readonly clock: RoleClock;
  readonly client: Client;
  readonly contact: ContactUnderFire;
  readonly large: boolean;
  /** Reply ids of requests under way, the newest ones. */
  readonly asked: Uint8Array[] = [];
  /** Packets that left, the newest ones. */
  readonly packets: Uint8Array[] = [];
  readonly around = new Map<string, number>();
  private readonly deck: Deck<() => Input>;
  private frames = 0;

  static async create(options: RoleOptions): Promise<ClientRole> {
    const rng = seededRng(`fuzz client ${options.seed}`);
    const store = new MemoryStore();
    await prepareProfile(store, createFakeSession(rng), rng, { name: 'Bob' });
    return new ClientRole(options, rng, store, await ContactUnderFire.create(rng));
  }

  private constructor(
    { count }: RoleOptions,
    rng: Rng,
    store: MemoryStore,
    contact: ContactUnderFire,
  ) {
    this.large = count > 200_000;
    this.rng = rng;
    this.contact = contact;
    this.noise = new Noise(rng);
    this.clock = new RoleClock(count / 64, 1_000);
    this.network = makeTestNetwork({
      seed: 'fuzz client',
      authorities: 3,
      edges: 3,
      parameters: { keysAhead: 1, validEpochs: 2 },
    });
    this.client = Client.open(
      {
        store,
        rng,
        builder: createPacketBuilder(rng),
        onRequest: ({ replyId }) => this.keep(this.asked, replyId),
      },
      TEST_NOW,
    );
    this.client.joinNetwork(this.network.cardText, TEST_NOW);
    this.client.advance(TEST_NOW);
    this.settle();
    const cards = [frameCards, publishedCards, textCards, boxCards].flatMap((of) => of(this));
    this.deck = new Deck(rng, cards, this.large ? WHOLE_EVERY : 1);
    const bytes = this.network.documentBytes;
    for (const page of packBroadcast([{ kind: 'document', bytes }])) this.page(page);
    assert.equal(this.client.counters()['document-added'], 1, 'it has a document');
  }

  next(): Input {
    return this.deck.draw()();
  }

  /** What the machine does at once because of it, events for its own person apart. */
  input(kind: string, silent: boolean, act: () => void): Input {
    return {
      kind,
      silent,
      deliver: () => {
        act();
        return drained(this.client).filter(isOutput).length;
      },
    };
  }

  page(broadcast: Uint8Array): void {
    this.client.onDown({ reply: null, broadcast }, this.now);
  }

  /** Runs a decoder or a command of which a refusal by name is expected. */
  refused(name: string | null, act: () => unknown): void {
    try {
      if (act() !== null) return;
      this.count(name ?? 'null');
    } catch (error) {
      if (!isAppError(error) || error.kind === 'bug') throw error;
      this.count(name ?? error.code);
    }
  }

  count(name: string): void {
    this.around.set(name, (this.around.get(name) ?? 0) + 1);
  }

  get now(): Millis {
    return this.clock.now;
  }

  rest(): void {
    this.client.advance(this.clock.tick());
    this.settle();
  }

  counts() {
    const all = new Map(this.around);
    addCounts(all, this.client.counters());
    addCounts(all, this.contact.counts());
    return Object.fromEntries(all);
  }

  /** One frame a slot, whatever came in. */
  lateReplies(): number {
    const slots = (this.now - TEST_NOW) / this.network.parameters.slotMs;
    return Math.max(0, this.frames - Math.ceil(slots) - 2);
  }

  check(): void {
    const { documentBytes, verified, document } = this.network;
    assert.ok(documentBytes.length > 0);
    const later = this.network.next(verified, document.epoch + 1);
    const before = this.client.counters()['document-added'] ?? 0;
    for (const page of packBroadcast([{ kind: 'document', bytes: later.bytes }])) this.page(page);
    assert.equal(this.client.counters()['document-added'], before + 1, 'an honest document counts');
    const sent = this.frames;
    for (let i = 0; i < 10; i++) {
      this.client.advance(this.clock.tick(this.network.parameters.slotMs / 2));
      this.settle();
    }
    assert.ok(this.frames > sent, 'its grid goes on');
    this.contact.check();
  }

  private settle(): void {
    for (const effect of drained(this.client)) {
      if (effect.kind === 'dial') {
        const handle = this.rng.fill(new Uint8Array(8));
        this.client.onLinkUp({ handle, now: Math.floor(this.now) }, this.now);
      }
      if (effect.kind !== 'up') continue;
      this.frames += 1;
      if (effect.frame.kind === 'packet') this.keep(this.packets, effect.frame.frame);
    }
  }

  private keep(list: Uint8Array[], one: Uint8Array): void {
    list.push(one.slice());
    if (list.length > 100) list.shift();
  }
}

function isOutput({ kind }: ClientEffect): boolean {
  return kind === 'up' || kind === 'dial' || kind === 'hangup' || kind === 'session';
}

export type Card = Weighted<() => Input>;
