/**
 * Who asks at a reusable address (docs/spec/16-addresses.md, 3). The card, the end box, the answer to
 * the invitation in the request and what edges say of its boxes are all of others, who may be one
 * hostile person. Nothing of it is ever answered on the wire at once.
 */
import assert from 'node:assert/strict';
import {
  DAY,
  HOUR,
  isAppError,
  type Millis,
  pick,
  type Rng,
  randomBytes,
  randomInt,
} from '@tacet/base';
import { Client, prepareProfile, type SessionPort } from '@tacet/client';
import {
  encodeAddressCard,
  encodeAddressLink,
  encodeEnd,
  encodeKeys,
  encodeOffer,
  encodeReply,
  keySetHash,
  lockedAddress,
  makeAnswer,
} from '@tacet/client/received';
import { kemKeyPair } from '@tacet/crypto';
import { createPacketBuilder } from '@tacet/onion';
import {
  createFakeSession,
  MemoryStore,
  makeTestNetwork,
  seededRng,
  TEST_NOW,
} from '@tacet/testkit';
import { BOX_PLAINTEXT, type BoxRecord, packBroadcast } from '@tacet/wire';
import { drained } from '../drained.ts';
import { Deck, damaged, flip, Noise, typo, type Weighted } from '../mutate.ts';
import type { Input, Role, RoleKind, RoleOptions } from '../types.ts';

/** Of a long run, one input in so many is drawn from all kinds: most of them cost a new request. */
const WHOLE_EVERY = 24;
/** As many requests as may wait for an answer. */
const OPEN = 50;
const REPLY_BOX = 2;
const EDGES = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)] as const;
const NO_RECORD = new Uint8Array(0) as unknown as BoxRecord;

export const requester: RoleKind = {
  name: 'requester',
  reasons: [
    'address-malformed',
    'request-waits',
    'requests-waiting',
    'address-disturbed',
    'end-ignored',
    'address-full',
    'invitation-spoiled',
    'answer-ignored',
    'address-other-identity',
    'contact-blocked',
  ],
  beyond: {},
  events: {
    'address-revoked': 'true ends, and requests that ended with them',
    answered: 'honest answers between',
    'request-moved': 'boxes that edges called taken or refused, and others in their place',
  },
  make: (options) => RequesterRole.create(options),
};

/** Who may have made an address: a name and keys, and sessions of its own. */
interface Owner {
  readonly name: string;
  readonly identityKey: Uint8Array;
  readonly ed25519: Uint8Array;
  readonly mldsa65: Uint8Array;
  readonly keySetHash: Uint8Array;
  readonly port: SessionPort;
  readonly records: ReadonlyMap<string, Uint8Array | null>;
}

/** A request that waits, and what the owner has for it. */
interface Asked {
  readonly contactId: number;
  readonly invitationId: number;
  readonly link: string;
  /** Opens the end of the address. */
  readonly lock: Uint8Array;
}

type Card = Weighted<() => Input>;
type Put = ReturnType<Client['e']['puts']['of']>[number];

class RequesterRole implements Role {
  private readonly rng: Rng;
  private readonly noise: Noise;
  private readonly store: MemoryStore;
  private readonly port: SessionPort;
  private readonly client: Client;
  private readonly network = makeTestNetwork({ seed: 'fuzz requester' });
  private readonly kem: ReturnType<typeof kemKeyPair>['publicKey'];
  private readonly around = new Map<string, number>();
  private readonly deck: Deck<() => Input>;
  private readonly owners: { honest: Owner; other: Owner; blocked: Owner };
  private open: Asked[] = [];
  /** A reply that was taken. */
  private oldReply: Uint8Array = new Uint8Array(BOX_PLAINTEXT);

  static async create(options: RoleOptions): Promise<RequesterRole> {
    const rng = seededRng(`fuzz requester ${options.seed}`);
    const store = new MemoryStore();
    const port = createFakeSession(rng);
    await prepareProfile(store, port, rng, { name: 'Rita' });
    const [honest, other, blocked] = await Promise.all(
      ['Olga', 'Otto', 'Bert'].map((name) => ownerNamed(name, rng)),
    );
    assert.ok(honest && other && blocked);
    const role = new RequesterRole(options, rng, store, port, { honest, other, blocked });
    await role.settle();
    await role.fill();
    return role;
  }

  private constructor(
    { count }: RoleOptions,
    rng: Rng,
    store: MemoryStore,
    port: SessionPort,
    owners: RequesterRole['owners'],
  ) {
    this.rng = rng;
    this.store = store;
    this.port = port;
    this.owners = owners;
    this.noise = new Noise(rng);
    this.kem = kemKeyPair(randomBytes(rng, 32)).publicKey;
    this.client = Client.open({ store, rng, builder: createPacketBuilder(rng) }, TEST_NOW);
    this.client.joinNetwork(this.network.cardText, TEST_NOW);
    for (const page of packBroadcast([{ kind: 'document', bytes: this.network.documentBytes }])) {
      this.client.onDown({ reply: null, broadcast: page }, TEST_NOW);
    }
    const { blocked } = owners;
    store.transaction(() =>
      this.e.blocking['d'].blocklist.add(blocked.keySetHash, blocked.identityKey, this.now),
    );
    this.deck = new Deck(rng, this.cards(), count > 100_000 ? WHOLE_EVERY : 1);
  }

  private get e(): Client['e'] {
    return this.client['e'];
  }

  private get now(): Millis {
    return TEST_NOW;
  }

  next(): Input {
    return this.deck.draw()();
  }

  rest(): void {
    // Rows of invitations are kept, tombstones wait for hours: as if weeks had passed.
    this.store.run('DELETE FROM invitations WHERE contact_id IS NULL AND bundle IS NULL');
    const { now } = this;
    const answer = { status: 'stored', expiryDay: Math.floor(now / DAY) + 1 } as const;
    const tombstones = this.e['tombstones'];
    tombstones.setBack(HOUR);
    for (let plan = tombstones.next(now, true); plan; plan = tombstones.next(now, true)) {
      plan.onSent?.(now);
      plan.settle(answer, now);
    }
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.around);
  }

  lateReplies(): number {
    return 0;
  }

  async check(): Promise<void> {
    await this.fill();
    const one = this.take();
    const before = this.client.newestCursor();
    this.storeRequest(one);
    await this.answer(one, await this.replyOf(one, this.owners.honest));
    const contact = this.store.get('SELECT given_name FROM contacts WHERE id = ?', one.contactId);
    assert.equal(contact?.['given_name'], 'Olga', 'an honest answer is taken');
    const said = this.store.get('SELECT state FROM messages WHERE contact_id = ?', one.contactId);
    assert.equal(said?.['state'], 'delivered', 'and shows that the request arrived');
    assert.deepEqual(this.alarmsSince(before), []);
  }

  // Inputs ---------------------------------------------------------------------------------

  private cards(): Card[] {
    const { rng, noise, owners } = this;
    const { honest, other, blocked } = owners;
    const some = (n: number): Uint8Array => randomBytes(rng, n);
    const ends = (kind: string, make: (asked: Asked) => Uint8Array) => () =>
      this.input(`end box, ${kind}`, () => {
        const asked = pick(rng, this.open);
        this.onEnd(asked, make(asked));
      });
    const answers = (kind: string, make: (asked: Asked) => Promise<Uint8Array>) => () =>
      this.input(`answer, ${kind}`, async () => {
        const asked = this.take();
        const outputs = await this.answer(asked, await make(asked));
        await this.leave(asked);
        return outputs;
      });
    const damagedReply = async (asked: Asked): Promise<Uint8Array> => {
      const reply = await this.replyOf(asked, honest);
      // Behind what is sealed there are zeros, which are looked at, too.
      return randomInt(rng, 3) === 0 ? damaged(rng, reply) : flip(rng, reply);
    };
    return [
      [
        2,
        () =>
          this.refusal('text, a typing error', () =>
            typo(rng, this.linkOf(honest).link).replace(/.$/, '='),
          ),
        8,
      ],
      [2, () => this.refusal('text, asked before', () => pick(rng, this.open).link), 8],
      [2, () => this.refusal('text, one too many', () => this.linkOf(honest).link), 6],
      [3, ends('noise', () => noise.take(BOX_PLAINTEXT)), 16],
      [3, ends('damaged', ({ lock }) => flip(rng, encodeEnd(lock))), 10],
      [1, ends('of another address', () => encodeEnd(some(32))), 4],
      [
        2,
        () =>
          this.input('end box, true', () => {
            const asked = this.take();
            // An answer may still come to what was delivered.
            const delivered = randomInt(rng, 2) === 0;
            if (delivered) this.storeRequest(asked);
            this.onEnd(asked, encodeEnd(asked.lock));
            if (!delivered) this.onEnd(asked, noise.take(BOX_PLAINTEXT));
            return this.leave(asked);
          }),
      ],
      [3, answers('noise', async () => noise.take(BOX_PLAINTEXT))],
      [3, answers('damaged', damagedReply)],
      [2, answers('to another invitation', async () => this.oldReply)],
      [
        1,
        answers('sealed by nobody', async () =>
          encodeReply({ ephemeral: some(32), sealed: some(2_000) }),
        ),
      ],
      [3, answers('of other keys', (asked) => this.replyOf(asked, other))],
      [3, answers('of blocked keys', (asked) => this.replyOf(asked, blocked))],
      [1, answers('a good one', (asked) => this.replyOf(asked, honest))],
      [3, () => this.input('answer, twice', () => this.answerTwice())],
      [3, () => this.input('box, taken', () => this.boxTaken()), 8],
      [1, () => this.input('box, refused', () => this.boxRefused())],
    ];
  }

  /** Nothing may leave because of it. */
  private input(kind: string, act: () => unknown): Input {
    return {
      kind,
      silent: true,
      deliver: async () => {
        const frames = await act();
        return (typeof frames === 'number' ? frames : 0) + (await this.settle());
      },
    };
  }

  /** The text of an address that must not be asked at. */
  private refusal(kind: string, make: () => string): Input {
    const address = make();
    return this.input(kind, () => {
      try {
        this.client.sendRequest({ address, text: 'hello' }, this.now);
      } catch (error) {
        if (!isAppError(error) || error.kind === 'bug') throw error;
        this.count(error.code);
        return;
      }
      throw new Error('what is none was taken');
    });
  }

  /** As when the end box of this address was read. */
  private onEnd({ contactId }: Asked, plaintext: Uint8Array): void {
    const before = this.client.newestCursor();
    const reasonOf = () =>
      this.store.get('SELECT reason FROM contacts WHERE id = ?', contactId)?.['reason'];
    const ended = reasonOf();
    const sent = this.e.addresses['sent'];
    const watch = this.e['watches'].find('request', contactId, 0) ?? {
      ...{ id: 0, owner: 'request', ref: contactId, index: 0, createdDay: 0 },
      box: { id: new Uint8Array(32), key: new Uint8Array(32) },
    };
    this.store.transaction(() =>
      sent.onRecord(watch as Parameters<typeof sent.onRecord>[0], plaintext, NO_RECORD, this.now),
    );
    const alarms = this.alarmsSince(before);
    for (const code of alarms) this.count(code);
    const reason = reasonOf();
    if (reason === 'address-revoked' && ended !== reason) this.count(reason);
    else if (alarms.length === 0) this.count('end-ignored');
  }

  /** As when the answer was read in box 2 of the invitation, and ratchet work was done. */
  private async answer(asked: Asked, plaintext: Uint8Array): Promise<number> {
    const before = this.client.newestCursor();
    const state = this.stateOf(asked);
    this.onReply(asked, plaintext);
    const outputs = await this.settle();
    const alarms = this.alarmsSince(before);
    for (const code of alarms) this.count(code);
    const { invitation, reason } = this.stateOf(asked);
    if (invitation === state.invitation && state.invitation !== 'ready') {
      this.count('answer-ignored');
    } else if (reason !== null) {
      if (!alarms.includes(reason)) this.count(reason);
    } else if (alarms.length === 0) {
      this.count('answered');
      this.oldReply = plaintext;
    }
    return outputs;
  }

  private onReply({ invitationId }: Asked, plaintext: Uint8Array): void {
    const { invitationList } = this.e;
    const watch = this.e['watches'].find('invite', invitationId, REPLY_BOX);
    assert.ok(watch !== null, 'the box of the answer is watched');
    const record = randomBytes(this.rng, 32) as unknown as BoxRecord;
    this.store.transaction(() => invitationList.onRecord(watch, plaintext, record, this.now));
  }

  /** Of the owner who has read the request. */
  private async replyOf({ invitationId }: Asked, by: Owner): Promise<Uint8Array> {
    const row = this.store.get('SELECT * FROM invitations WHERE id = ?', invitationId);
    const bytes = (name: string): Uint8Array => {
      const value = row?.[name];
      assert.ok(value instanceof Uint8Array, name);
      return value;
    };
    const own = this.e.identities.of(null);
    const offer = encodeOffer({
      r: bytes('r'),
      keySetHash: own.keySetHash,
      endsDay: Math.floor(Number(row?.['expires_at']) / DAY),
      name: own.name,
      thumbnail: new Uint8Array(25),
      bundle: bytes('bundle'),
    });
    const visitor = {
      ...{ peer: `asker ${invitationId}`, secret: bytes('secret'), offer },
      keys: encodeKeys(own.ed25519, own.mldsa65),
      ...{ expects: null, firstWords: '' },
    };
    const records = { get: (name: string) => by.records.get(name) ?? null };
    const { plaintext } = await makeAnswer(by.port, records, visitor, {
      rng: this.rng,
      identity: by,
    });
    return plaintext;
  }

  /** Of a request that somebody answered, another answer. */
  private async answerTwice(): Promise<number> {
    const asked = this.take();
    const [first, second] = await Promise.all([
      this.replyOf(asked, this.owners.honest),
      this.replyOf(asked, pick(this.rng, [this.owners.honest, this.owners.other])),
    ]);
    const watch = this.e['watches'].find('invite', asked.invitationId, REPLY_BOX);
    assert.ok(watch !== null);
    const before = await this.answer(asked, first);
    const after = await this.answer(asked, second);
    await this.leave(asked);
    return before + after;
  }

  /** An edge says of each box of one request that another stands there. */
  private async boxTaken(): Promise<void> {
    const [asked] = this.open;
    assert.ok(asked);
    const [put] = this.e.puts.of('request', asked.contactId);
    if (put === undefined) {
      await this.replaceFirst();
      return;
    }
    this.e.puts['settle'](put, EDGES[0], { status: 'taken' }, this.now);
    if (this.stateOf(asked).waits === 'address-full') {
      this.count('address-full');
      await this.replaceFirst();
    } else this.count('request-moved');
  }

  /** All edges say no, as often as they are asked. */
  private async boxRefused(): Promise<void> {
    const asked = this.take();
    const [put] = this.e.puts.of('request', asked.contactId);
    if (put !== undefined) this.e.puts['giveUp'](put, this.now);
    this.count('request-moved');
    await this.leave(asked);
  }

  // Requests -------------------------------------------------------------------------------

  private linkOf(owner: Owner): { readonly link: string; readonly lock: Uint8Array } {
    const lock = randomBytes(this.rng, 32);
    const card = encodeAddressCard({
      network: this.network.document.networkId.slice(0, 8),
      r: lockedAddress(lock),
      keySetHash: owner.keySetHash,
      identityKey: owner.identityKey,
      kem: this.kem,
      name: owner.name,
    });
    return { link: encodeAddressLink(card, null), lock };
  }

  /** One more request that waits, its invitation stored. */
  private async ask(): Promise<void> {
    const { link, lock } = this.linkOf(this.owners.honest);
    const contactId = Number(
      this.client.sendRequest({ address: link, text: 'hello' }, this.now).id,
    );
    await this.settle();
    const sql = 'SELECT invitation_id FROM sent_requests WHERE contact_id = ?';
    const invitationId = Number(this.store.get(sql, contactId)?.['invitation_id']);
    this.open.push({ contactId, invitationId, link, lock });
    this.storeAll();
  }

  private async fill(): Promise<void> {
    while (this.open.length < OPEN) await this.ask();
  }

  /** One that waits, and does not from now on. The first is the one whose boxes are taken. */
  private take(): Asked {
    const at = 1 + randomInt(this.rng, this.open.length - 1);
    const [asked] = this.open.splice(at, 1);
    assert.ok(asked);
    return asked;
  }

  /** Its person deletes it, and asks somebody else. */
  private async leave({ contactId, invitationId }: Asked): Promise<void> {
    // Read boxes are watched no more; here they were handed over without a read.
    this.e['watches'].cancel('invite', invitationId);
    const left = this.store.get('SELECT 1 AS one FROM contacts WHERE id = ?', contactId);
    if (left !== undefined) this.client.deleteContact(String(contactId), false, this.now);
    await this.settle();
    this.storeAll();
    await this.ask();
  }

  private async replaceFirst(): Promise<void> {
    const asked = this.open.shift();
    if (asked !== undefined) await this.leave(asked);
  }

  private storeRequest({ contactId }: Asked): void {
    for (const put of this.e.puts.of('request', contactId)) this.storeBox(put);
  }

  /** Edges take whatever is to be written, but requests. */
  private storeAll(): void {
    for (const put of [...this.e.puts['entries'].values()]) {
      if (put.owner !== 'request') this.storeBox(put);
    }
  }

  private storeBox(put: Put): void {
    const answer = { status: 'stored', expiryDay: Math.floor(this.now / DAY) + 21 } as const;
    for (const edge of EDGES) this.e.puts['settle'](put, edge, answer, this.now);
  }

  private stateOf({ contactId, invitationId }: Asked) {
    const invitation = this.store.get('SELECT * FROM invitations WHERE id = ?', invitationId);
    const reason = invitation?.['reason'];
    return {
      invitation: invitation?.['state'],
      reason: typeof reason === 'string' ? reason : null,
      waits: this.store.get('SELECT reason FROM contacts WHERE id = ?', contactId)?.['reason'],
    };
  }

  // Machine --------------------------------------------------------------------------------

  /** Does what ratchet work there is. @returns frames that would leave */
  private async settle(): Promise<number> {
    let frames = 0;
    for (let effects = drained(this.client); effects.length > 0; effects = drained(this.client)) {
      for (const effect of effects) {
        if (effect.kind === 'session') {
          const outcome = await effect.job.run(this.port);
          this.client.onSession(effect.job, outcome, this.now);
        } else if (effect.kind === 'up') frames += 1;
      }
    }
    return frames;
  }

  private alarmsSince(cursor: number): string[] {
    const { events } = this.client.readEvents({ cursor, max: 100 });
    return events.filter(({ kind }) => kind === 'alarm').map(({ subject }) => subject);
  }

  private count(name: string): void {
    this.around.set(name, (this.around.get(name) ?? 0) + 1);
  }
}

async function ownerNamed(name: string, rng: Rng): Promise<Owner> {
  const port = createFakeSession(rng);
  const { publicKey: identityKey, writes } = await port.createIdentity();
  const [ed25519, mldsa65] = [randomBytes(rng, 32), randomBytes(rng, 1_952)];
  return {
    ...{ name, identityKey, ed25519, mldsa65, port, records: writes },
    keySetHash: keySetHash(identityKey, ed25519, mldsa65),
  };
}
