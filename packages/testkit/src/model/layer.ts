/**
 * A box layer as bad as it may be: two edges over maps, answers at any time, twice or never,
 * requests that arrive twice or late, digests, boxes that end with their day. Virtual time.
 */
import {
  DAY,
  DeadlineHeap,
  dayOf,
  equalBytes,
  type Millis,
  randomInt,
  randomUnit,
} from '@tacet/base';
import type { RelayHash, VerifiedDocument } from '@tacet/directory';
import type { ReplyId } from '@tacet/onion';
import {
  type BoxAnswer,
  type BoxRecord,
  type BoxRequest,
  decodeRequest,
  encodeAnswer,
  type Mark,
  markKey,
  markOf,
  packBroadcast,
  signDigest,
} from '@tacet/wire';
import { makeTestNetwork, TEST_NOW } from '../network.ts';
import { type SeededRng, seededRng } from '../rng.ts';
import { meaningOf, type PlainRequest } from './plain-builder.ts';
import { Tally } from './tally.ts';

export const NETWORK = makeTestNetwork({
  seed: 'model',
  parameters: {
    epochMs: DAY,
    keysAhead: 2,
    validEpochs: 3,
    graceMs: 60_000,
    slotMs: 10_000,
    inUseSlotMs: 10_000,
    delayMeanMs: 500,
    digestMs: 60_000,
    receiptInUseMs: 20_000,
    receiptMs: 60_000,
    receiptStrongMs: 120_000,
    secondCopyMinMs: 10_000,
    secondCopyMaxMs: 60_000,
    boxLifeDays: 3,
  },
});
const { parameters } = NETWORK;
const HOUR_OF_DIGESTS = 60;
/** What an edge answers where it has no box. */
const NOTHING = seededRng('nothing').fill(new Uint8Array(2_400));

/** What was made lately, by its predecessor: histories of one beginning share their documents. */
const successors = new Map<string, VerifiedDocument>();
const SUCCESSORS = 8;
function successorOf(previous: VerifiedDocument, epoch: number): VerifiedDocument {
  const key = `${epoch}/${Buffer.from(previous.hash).toString('hex')}`;
  const verified = successors.get(key) ?? NETWORK.next(previous, epoch);
  successors.set(key, verified);
  for (const old of successors.keys()) if (successors.size > SUCCESSORS) successors.delete(old);
  return verified;
}

interface Box {
  readonly record: BoxRecord;
  readonly endDay: number;
  read: boolean;
}

interface Edge {
  readonly hash: RelayHash;
  readonly boxes: Map<ReturnType<typeof markKey>, Box>;
  filled: Mark[];
  readonly digests: { readonly at: Millis; readonly pages: Uint8Array[] }[];
}

export interface Listener {
  /** False while the person cannot hear. */
  hears(): boolean;
  reply(replyId: ReplyId, payload: Uint8Array): void;
  page(page: Uint8Array): void;
}

export interface Trouble {
  /** Chances of one in a hundred. */
  lose: number;
  twice: number;
  late: number;
}

/** What edges hold and when: to begin many histories where one meeting ended. */
export interface LayerState {
  readonly now: Millis;
  readonly published: VerifiedDocument;
  readonly edges: readonly { readonly boxes: Edge['boxes']; readonly digests: Edge['digests'] }[];
}

function boxesOf(boxes: Edge['boxes']): Edge['boxes'] {
  return new Map([...boxes].map(([key, box]) => [key, { ...box }]));
}

export class Layer {
  now = TEST_NOW;
  /** Times an edge lost its boxes. */
  losses = 0;
  readonly trouble: Trouble = { lose: 0, twice: 0, late: 0 };
  readonly listeners: Listener[] = [];
  private readonly rng: SeededRng;
  private readonly events = new DeadlineHeap<() => void>();
  private readonly edges: Edge[] = NETWORK.edges.map(({ hash }) => ({
    hash,
    boxes: new Map(),
    filled: [],
    digests: [],
  }));
  private nextDigest = Math.ceil(TEST_NOW / parameters.digestMs) * parameters.digestMs;
  private readonly tally: Tally;
  private day = dayOf(TEST_NOW);
  /** The newest document; those of epochs in which nobody was there are left out. */
  private published = NETWORK.verified;
  /** Of the newest document that was told to all who hear. */
  private told = NETWORK.document.epoch;

  constructor(seed: string, tally = new Tally()) {
    this.rng = seededRng(seed);
    this.tally = tally;
  }

  /** What is under way is lost. */
  keep(): LayerState {
    const edges = this.edges.map(({ boxes, digests }) => ({
      boxes: boxesOf(boxes),
      digests: [...digests],
    }));
    return { now: this.now, published: this.published, edges };
  }

  restore(state: LayerState): void {
    this.skip(state.now);
    this.published = state.published;
    for (const [n, edge] of this.edges.entries()) {
      const kept = state.edges[n];
      if (kept === undefined) continue;
      for (const [key, box] of boxesOf(kept.boxes)) edge.boxes.set(key, box);
      edge.digests.splice(0, edge.digests.length, ...kept.digests);
    }
  }

  get nextAt(): Millis {
    return Math.min(this.nextDigest, this.events.nextAt ?? Infinity);
  }

  private chance(percent: number): boolean {
    return randomUnit(this.rng) * 100 < percent;
  }

  /** How often something arrives, and after how long each time. */
  private arrivals(what: string): Millis[] {
    const { lose, twice, late } = this.trouble;
    const times = this.chance(twice) ? 2 : 1;
    if (times === 2) this.tally.add(`${what}-twice`);
    const waits: Millis[] = [];
    for (let n = 0; n < times; n++) {
      if (this.chance(lose)) {
        this.tally.add(`${what}-lost`);
      } else if (this.chance(late)) {
        this.tally.add(`${what}-late`);
        waits.push(randomInt(this.rng, 90_000));
      } else {
        waits.push(1_000);
      }
    }
    return waits;
  }

  /** What stands under this mark, at each edge that has something. */
  standing(mark: Mark): readonly BoxRecord[] {
    const key = markKey(mark);
    return this.edges.flatMap(({ boxes }) => boxes.get(key)?.record ?? []);
  }

  /** An edge loses all its boxes. */
  loseEdge(n: number): void {
    this.losses += 1;
    const edge = this.edges[n % this.edges.length];
    if (edge === undefined) return;
    for (const { read } of edge.boxes.values()) if (!read) this.tally.add('box-lost-unread');
    edge.boxes.clear();
    edge.filled.splice(0);
  }

  /** Boxes whose day has come are gone. */
  private endOfDay(today: number): void {
    if (today <= this.day) return;
    this.day = today;
    for (const { boxes } of this.edges) {
      for (const [key, { endDay, read }] of boxes) {
        if (endDay > today) continue;
        boxes.delete(key);
        this.tally.add(read ? 'box-expired' : 'box-expired-unread');
      }
    }
  }

  /** Everything due by `now`. */
  advance(now: Millis): void {
    this.now = now;
    this.endOfDay(dayOf(now));
    while (this.nextDigest <= now) {
      this.digest(this.nextDigest);
      this.nextDigest += parameters.digestMs;
    }
    for (
      let event = this.events.popDue(now);
      event !== undefined;
      event = this.events.popDue(now)
    ) {
      event();
    }
  }

  /** Nobody is there: time passes at once. */
  skip(to: Millis): void {
    for (const edge of this.edges) edge.filled.splice(0);
    this.nextDigest = Math.ceil(to / parameters.digestMs) * parameters.digestMs;
    this.advance(to);
  }

  /** What a person who comes back is told: the document, an hour of digests. */
  welcome(listener: Listener): void {
    const { bytes } = this.documentAt(this.now);
    for (const page of packBroadcast([{ kind: 'document', bytes }])) listener.page(page);
    for (const edge of this.edges) {
      for (const { pages } of edge.digests) for (const page of pages) listener.page(page);
    }
  }

  send(frame: Uint8Array, to: Listener): void {
    const { sent, loop } = meaningOf(frame);
    if (loop !== undefined && !this.chance(this.trouble.lose)) {
      const back = (): void => {
        if (to.hears()) to.reply(loop, new Uint8Array(0));
      };
      this.events.push(this.now + 1_000, back);
    }
    if (sent === undefined) return;
    for (const wait of this.arrivals('request')) {
      this.events.push(this.now + wait, () => this.serve(sent, to));
    }
  }

  private serve(sent: PlainRequest, to: Listener): void {
    const last = NETWORK.relays[sent.path.hops.at(-1)?.index ?? -1];
    const edge = this.edges.find(({ hash }) => last !== undefined && equalBytes(hash, last.hash));
    if (edge === undefined) return;
    const request = decodeRequest(sent.data);
    const hold = request.kind === 'get' ? request.waitMs : 0;
    const answer = (): void => {
      const payload = encodeAnswer(this.answer(edge, request), this.rng);
      for (const wait of this.arrivals('answer')) {
        this.events.push(this.now + wait, () => to.hears() && to.reply(sent.replyId, payload));
      }
    };
    if (hold > 0) this.events.push(this.now + hold, answer);
    else answer();
  }

  private answer(edge: Edge, request: BoxRequest): BoxAnswer {
    const today = dayOf(this.now);
    if (request.kind === 'tombstone') return { status: 'stored', expiryDay: today };
    if (request.kind === 'get') {
      const [a, b, c] = request.marks.map((mark) => {
        const held = edge.boxes.get(markKey(mark));
        if (held === undefined) return NOTHING;
        held.read = true;
        return held.record;
      });
      return { status: 'read', records: [a, b, c] as [Uint8Array, Uint8Array, Uint8Array] };
    }
    const { record } = request;
    const mark = markOf(record.subarray(0, 32) as Parameters<typeof markOf>[0]);
    const key = markKey(mark);
    const held = edge.boxes.get(key);
    if (held !== undefined) {
      if (!equalBytes(held.record, record)) return { status: 'taken' };
      return { status: 'stored', expiryDay: held.endDay };
    }
    const endDay = today + parameters.boxLifeDays;
    edge.boxes.set(key, { record: record.slice() as BoxRecord, endDay, read: false });
    edge.filled.push(mark);
    return { status: 'stored', expiryDay: endDay };
  }

  /** Each names the one before it, as a network's do. */
  private documentAt(at: Millis): VerifiedDocument {
    const epoch = Math.floor(at / DAY);
    if (epoch > this.published.document.epoch) this.published = successorOf(this.published, epoch);
    return this.published;
  }

  /** Who stays for days hears of each new document, too. */
  private document(at: Millis): void {
    const { document, bytes } = this.documentAt(at);
    if (document.epoch === this.told) return;
    this.told = document.epoch;
    const pages = packBroadcast([{ kind: 'document', bytes }]);
    for (const listener of this.listeners) {
      if (listener.hears()) for (const page of pages) listener.page(page);
    }
  }

  private digest(at: Millis): void {
    this.document(at);
    for (const edge of this.edges) {
      const relay = NETWORK.relayOf(edge.hash);
      const marks = edge.filled.splice(0, 64);
      const filler = this.rng.fill(new Uint8Array(8 * (64 - marks.length)));
      for (let n = 0; n < filler.length; n += 8) marks.push(filler.subarray(n, n + 8) as Mark);
      marks.sort(Buffer.compare);
      const number = at / parameters.digestMs;
      const digest = { edge: edge.hash, number, previous: new Uint8Array(32), seen: [], marks };
      const { bytes } = signDigest(relay.identity, digest, NETWORK.document.networkId);
      const pages = packBroadcast([{ kind: 'digest', bytes }]);
      edge.digests.push({ at, pages });
      if (edge.digests.length > HOUR_OF_DIGESTS) edge.digests.shift();
      for (const listener of this.listeners) {
        if (!listener.hears()) continue;
        if (this.chance(this.trouble.lose)) this.tally.add('digest-lost');
        else for (const page of pages) listener.page(page);
      }
    }
  }
}
