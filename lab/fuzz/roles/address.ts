/**
 * The owner of a reusable address: whoever has its card may hand over texts like it, and fill its
 * boxes with anything (docs/spec/16-addresses.md). Nothing of it is ever answered on the wire.
 */
import assert from 'node:assert/strict';
import {
  DAY,
  dayOf,
  isAppError,
  type Millis,
  pick,
  type Rng,
  randomBytes,
  randomInt,
} from '@tacet/base';
import { Client, prepareProfile } from '@tacet/client';
import {
  type AddressRequest,
  addressSecret,
  decodeAddressCard,
  decodeAddressLink,
  encodeAddressLink,
  encodeEnd,
  isEndOf,
  requestBox,
  sealRequest,
} from '@tacet/client/received';
import { BOX_OVERHEAD, hash, kemEncapsulate, sealBox } from '@tacet/crypto';
import { createPacketBuilder } from '@tacet/onion';
import {
  createFakeSession,
  MemoryStore,
  makeTestNetwork,
  seededRng,
  TEST_NOW,
} from '@tacet/testkit';
import { BOX_PLAINTEXT, packBroadcast } from '@tacet/wire';
import { drained } from '../drained.ts';
import { Deck, damaged, flip, Noise, resized, typo, type Weighted } from '../mutate.ts';
import type { Input, Role, RoleKind, RoleOptions } from '../types.ts';

/** Of a long run, one input in so many is drawn from all kinds: the rest costs no key agreement. */
const WHOLE_EVERY = 24;
/** A day of the owner's ends after so many for which there was no room, and a flood. */
const FULL = 4;
const FLOOD = 64;

export const address: RoleKind = {
  name: 'address',
  reasons: [
    'address-malformed',
    'address-network',
    'address-own',
    'card-malformed',
    'end-refused',
    'request-unreadable',
    'request-known',
    'request-full',
    'address-flooded',
    'requests-full',
    'request-unknown',
    'request-decided',
  ],
  beyond: {},
  events: { 'request-shown': 'honest requests between' },
  make: (options) => OwnerRole.create(options),
};

type Watch = ReturnType<Client['e']['watches']['range']>[number];
type Card = Weighted<() => Input>;

class OwnerRole implements Role {
  private readonly rng: Rng;
  private readonly noise: Noise;
  private readonly store: MemoryStore;
  private readonly client: Client;
  private readonly network = makeTestNetwork({ seed: 'fuzz address' });
  private readonly around = new Map<string, number>();
  private readonly deck: Deck<() => Input>;
  private readonly addressId: number;
  private readonly card: Uint8Array;
  private readonly places: readonly Watch[];
  private days = 0;

  static async create(options: RoleOptions): Promise<OwnerRole> {
    const rng = seededRng(`fuzz address ${options.seed}`);
    const store = new MemoryStore();
    await prepareProfile(store, createFakeSession(rng), rng, { name: 'Olga' });
    return new OwnerRole(options, rng, store);
  }

  private constructor({ count }: RoleOptions, rng: Rng, store: MemoryStore) {
    this.rng = rng;
    this.store = store;
    this.noise = new Noise(rng);
    const builder = createPacketBuilder(rng);
    this.client = Client.open({ store, rng, builder }, TEST_NOW);
    this.client.joinNetwork(this.network.cardText, TEST_NOW);
    for (const page of packBroadcast([{ kind: 'document', bytes: this.network.documentBytes }])) {
      this.client.onDown({ reply: null, broadcast: page }, TEST_NOW);
    }
    const { id, link } = this.client.addresses.create({ label: 'shop' }, TEST_NOW);
    this.addressId = Number(id);
    this.card = decodeAddressLink(link ?? '').bytes;
    // The boxes of three days, a few at a time.
    for (let n = 0; n < 40; n++) this.client.advance(TEST_NOW + n * 1_000);
    drained(this.client);
    this.places = this.client['e']['watches'].range('address', this.addressId, 0, 2 ** 40);
    this.deck = new Deck(rng, this.cards(link ?? ''), count > 200_000 ? WHOLE_EVERY : 1);
  }

  private get now(): Millis {
    return TEST_NOW + this.days * DAY;
  }

  next(): Input {
    return this.deck.draw()();
  }

  rest(): void {
    // The owner decides now and then, so that there is room.
    const waiting = this.client.addresses.requests();
    if (waiting.length < 150) return;
    for (const { id } of waiting.slice(0, 140)) this.client.addresses.deleteRequest(id, this.now);
    drained(this.client);
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.around);
  }

  lateReplies(): number {
    return drained(this.client).filter(({ kind }) => kind !== 'event').length;
  }

  check(): void {
    for (const { id } of this.client.addresses.requests()) {
      this.client.addresses.deleteRequest(id, this.now);
    }
    this.days += 1;
    const text = 'we met at the market';
    const good = this.sealed({ text });
    this.take(good);
    const [only, ...others] = this.client.addresses.requests();
    assert.deepEqual([only?.text, others.length], [text, 0], 'an honest request is shown');
  }

  // Inputs ---------------------------------------------------------------------------------

  private cards(link: string): Card[] {
    const { rng, noise, card, network } = this;
    const some = (n: number): Uint8Array => randomBytes(rng, n);
    const foreign = card.slice();
    foreign[1] = (foreign[1] ?? 0) ^ 1;
    const full = encodeAddressLink(card, network.cardText);
    const kem = decodeAddressCard(card).kem;
    const text = (kind: string, make: () => string): (() => Input) => {
      return () => {
        const given = make();
        return this.input(`address, ${kind}`, () =>
          this.refused(() => this.client.sendRequest({ address: given }, this.now)),
        );
      };
    };
    const box = (kind: string, make: () => Uint8Array): (() => Input) => {
      return () => {
        const plaintext = make();
        return this.input(`box, ${kind}`, () => this.take(plaintext));
      };
    };
    const end = encodeEnd(some(32));
    const { r } = decodeAddressCard(card);
    let last = this.sealed({});
    return [
      // Of a good card every one is an address of somebody's: what is tried has no such card.
      [6, text('a typing error', () => typo(rng, `${link}`).replace(/.$/, '=')), 10],
      [4, text('rubbish', () => `tacet://address/1#${noiseText(some(randomInt(rng, 300)))}!`), 10],
      [2, text('with a bad network card', () => `${link}.${noiseText(some(20))}`)],
      [1, text('one’s own', () => pick(rng, [link, full]))],
      [1, text('of another network', () => encodeAddressLink(foreign, null))],
      [
        6,
        () => {
          const bytes = randomInt(rng, 2) === 0 ? resized(rng, card) : damaged(rng, card);
          return this.input('card, damaged', () =>
            this.refused(() => decodeAddressCard(bytes), 'card-malformed'),
          );
        },
        20,
      ],
      [
        3,
        () => {
          const bytes = randomInt(rng, 2) === 0 ? end : damaged(rng, end);
          return this.input('end box', () => {
            if (bytes.length > 0 && isEndOf(bytes, r)) throw new Error('an end without its lock');
            this.count('end-refused');
          });
        },
        10,
      ],
      [4, box('noise', () => noise.take(BOX_PLAINTEXT)), 20],
      [2, box('of another length', () => resized(rng, last))],
      [4, box('a request, damaged', () => flip(rng, last.slice()))],
      [2, box('a request of another place', () => this.sealed({}, 3))],
      [4, box('sealed well, out of form', () => this.sealedAnything(kem))],
      [2, box('again', () => last)],
      [1, box('run out', () => this.sealed({ endsDay: dayOf(this.now) }))],
      [
        24,
        box('a good one', () => {
          last = this.sealed({ text: 'x'.repeat(randomInt(rng, 900)) });
          return last;
        }),
      ],
      [1, () => this.decision('99999999')],
      [1, () => this.decision(this.decided())],
    ];
  }

  /** Nothing may leave because of it. */
  private input(kind: string, act: () => void): Input {
    return {
      kind,
      silent: true,
      deliver: () => {
        act();
        return drained(this.client).filter((effect) => effect.kind !== 'event').length;
      },
    };
  }

  private decision(id: string): Input {
    return this.input('a decision', () =>
      this.refused(() => this.client.addresses.deleteRequest(id, this.now)),
    );
  }

  /** Runs what must be refused. */
  private refused(act: () => unknown, name?: string): void {
    try {
      act();
    } catch (error) {
      if (!isAppError(error) || error.kind === 'bug') throw error;
      this.count(name ?? error.code);
      return;
    }
    // Damage to keys and hashes of a card is another person's card.
    if (name === undefined) throw new Error('what is none was taken');
  }

  /** As when the owner has read the box of place 0 of today. */
  private take(plaintext: Uint8Array): void {
    const before = this.day();
    const alarms = this.client.newestCursor();
    const watch = this.place(0);
    const own = this.client['e'].addresses['own'];
    this.store.transaction(() => own.onRecord(watch, plaintext, new Uint8Array(2_400), this.now));
    const after = this.day();
    const same = before.day === after.day ? before : { unreadable: 0, shown: 0, full: 0 };
    if (after.unreadable > same.unreadable) this.count('request-unreadable');
    else if (after.shown > same.shown) this.count('request-shown');
    else if (after.full > same.full) this.count('request-full');
    else this.count('request-known');
    for (const code of this.alarmsSince(alarms)) this.count(code);
    if (after.full >= FULL && after.unreadable >= FLOOD) this.days += 1;
  }

  private place(n: number): Watch {
    const found = this.places[n];
    if (found === undefined) throw new Error('no box is watched');
    return found;
  }

  private day() {
    const row = this.store.get('SELECT * FROM addresses WHERE id = ?', this.addressId) ?? {};
    const { day, unreadable, shown, turned_away: full } = row;
    return { day, unreadable: Number(unreadable), shown: Number(shown), full: Number(full) };
  }

  private alarmsSince(cursor: number): string[] {
    const { events } = this.client.readEvents({ cursor, max: 100 });
    return events.filter(({ kind }) => kind === 'alarm').map(({ subject }) => subject);
  }

  private sealed(change: Partial<AddressRequest>, place = 0): Uint8Array {
    const some = (n: number): Uint8Array => randomBytes(this.rng, n);
    const request = {
      ...{ invitation: some(32), keySetHash: some(32), contentId: some(16) },
      ...{ endsDay: dayOf(this.now) + 21, name: 'Bob', text: 'hello', ...change },
    };
    const { kem } = decodeAddressCard(this.card);
    return sealRequest(kem, this.boxOf(place), request, this.rng);
  }

  private boxOf(place: number) {
    const { index } = this.place(place);
    const at = { day: Math.floor(index / 256), number: index % 256 };
    return requestBox(addressSecret(this.card), at);
  }

  /** Its key and place are right: what stands there is no request. */
  private sealedAnything(kem: Parameters<typeof kemEncapsulate>[0]): Uint8Array {
    const { id } = this.boxOf(0);
    const { ciphertext, secret } = kemEncapsulate(kem, this.rng);
    const content = this.noise.take(BOX_PLAINTEXT - 1 - ciphertext.length - BOX_OVERHEAD);
    content[0] = pick(this.rng, [0, 1, 1, 2]);
    const key = hash('address-request', secret, ciphertext, id);
    return Uint8Array.of(20, ...ciphertext, ...sealBox(key, new Uint8Array(24), content, id));
  }

  /** Of a request that was decided before. */
  private decided(): string {
    const sql = "SELECT max(id) AS id FROM address_requests WHERE state = 'deleted'";
    const known = this.store.get(sql)?.['id'];
    if (typeof known === 'number') return String(known);
    const [first] = this.client.addresses.requests();
    if (first === undefined) return '0';
    this.client.addresses.deleteRequest(first.id, this.now);
    return first.id;
  }

  private count(name: string): void {
    this.around.set(name, (this.around.get(name) ?? 0) + 1);
  }
}

function noiseText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
