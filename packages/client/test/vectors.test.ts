/**
 * The vectors of contents, envelopes, introduction cards, invitations and addresses: read and written
 * by src and by a slow second implementation that shares no code with it.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hex, isAppError, fromHex as unhex } from '@tacet/base';
import { kemKeyPair } from '@tacet/crypto';
import { endBox, isEndOf, openRequest, requestBox } from '../src/addresses/boxes.ts';
import {
  addressSecret,
  cardWords,
  decodeAddressCard,
  decodeAddressLink,
  encodeAddressCard,
} from '../src/addresses/card.ts';
import { TYPES } from '../src/content/content.ts';
import { decodeEnvelope, ENVELOPE_KEYS, encodeEnvelope } from '../src/content/envelope.ts';
import * as meeting from '../src/meeting/boxes.ts';
import { decodeLink } from '../src/meeting/link.ts';
import { decodeCard, encodeCard } from '../src/trust/card.ts';
import * as boxes from './reference/boxes.ts';
import * as reference from './reference/envelope.ts';
import { fromHex, hash, kemPublicKey, toHex } from './reference/primitives.ts';

type Json = Readonly<Record<string, never>>;
interface Valid {
  readonly name: string;
  readonly hex: string;
  readonly says: Json;
}
interface Invalid {
  readonly why: string;
  readonly hex: string;
}

function load<T>(name: string): T {
  const url = new URL(`../../../vectors/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as T;
}

/** Bytes as `{hex}`; and back. */
function said(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: hex(value) };
  if (Array.isArray(value)) return value.map(said);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, said(item)]));
}

function meant(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(meant);
  if (typeof json !== 'object' || json === null) return json;
  if ('hex' in json) return unhex(String(json.hex));
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, meant(item)]));
}

const refused = (error: unknown): boolean => isAppError(error, 'malformed');

interface Envelopes {
  readonly valid: readonly Valid[];
  readonly more: readonly Valid[];
  readonly badContent: readonly Invalid[];
  readonly invalid: readonly Invalid[];
}
const ENVELOPES = load<Envelopes>('content/envelopes.json');
const CARDS = load<Omit<Envelopes, 'badContent'>>('content/cards.json');

test('vectors: envelopes and contents, both ways, by both', () => {
  for (const { name, hex: text, says } of ENVELOPES.valid) {
    assert.deepEqual(said(decodeEnvelope(unhex(text))), says, name);
    assert.equal(hex(encodeEnvelope(meant(says) as never)), text, name);
    assert.deepEqual(reference.readEnvelope(fromHex(text)), says, name);
    assert.equal(toHex(reference.writeEnvelope(says)), text, name);
  }
});

test('vectors: what a later version says is read alike, and known to be more', () => {
  for (const { name, hex: text, says } of ENVELOPES.more) {
    const { more, ...read } = decodeEnvelope(unhex(text));
    assert.deepEqual(said(read), says, name);
    assert.deepEqual(reference.readEnvelope(fromHex(text)), says, name);
    if (!/^a step|key set/.test(name)) assert.equal(more, true, name);
  }
});

test('vectors: what is refused is refused by both, the content alone or all of it', () => {
  for (const { why, hex: text } of ENVELOPES.badContent) {
    assert.deepEqual(decodeEnvelope(unhex(text)), { malformedContent: true }, why);
    assert.deepEqual(reference.readEnvelope(fromHex(text)), { content: 'malformed' }, why);
  }
  for (const { why, hex: text } of ENVELOPES.invalid) {
    assert.throws(() => decodeEnvelope(unhex(text)), refused, why);
    assert.throws(() => reference.readEnvelope(fromHex(text)), why);
  }
});

test('vectors: every type of content, key of an envelope, and kind of card and step has one', () => {
  const says = ENVELOPES.valid.map((one) => one.says);
  const keys = new Set(says.flatMap((one) => Object.keys(one)));
  assert.deepEqual([...keys].sort(), Object.keys(ENVELOPE_KEYS).sort());
  const words = (name: string, key: string) =>
    new Set(says.map((one) => (one[name] as Record<string, unknown> | undefined)?.[key]));
  for (const type of Object.keys(TYPES)) assert.ok(words('content', 'type').has(type), type);
  for (const type of Object.values(TYPES)) {
    const named = ENVELOPES.badContent.filter(
      ({ hex: text }) =>
        text.startsWith(`a101a`) &&
        text.includes(`01${type.number.toString(16).padStart(2, '0')}02`),
    );
    assert.ok(named.length > 0, `an invalid one of type ${type.number}`);
  }
  const steps = ['commit', 'nonce', 'reveal', 'same', 'different', 'stop', 'scan'];
  for (const kind of steps) assert.ok(words('step', 'kind').has(kind), kind);
  assert.equal(CARDS.valid.length, 6);
});

test('vectors: cards of introductions', () => {
  for (const { name, hex: text, says } of CARDS.valid) {
    assert.deepEqual(said(decodeCard(unhex(text))), says, name);
    assert.equal(hex(encodeCard(meant(says) as never)), text, name);
    assert.deepEqual(reference.readCard(fromHex(text)), says, name);
    assert.equal(toHex(reference.writeCard(says)), text, name);
  }
  for (const { name, hex: text, says } of CARDS.more) {
    assert.deepEqual(said(decodeCard(unhex(text))), says, name);
    assert.deepEqual(reference.readCard(fromHex(text)), says, name);
  }
  for (const { why, hex: text } of CARDS.invalid) {
    assert.throws(() => decodeCard(unhex(text)), refused, why);
    assert.throws(() => reference.readCard(fromHex(text)), why);
  }
});

type MeetingBox = 'offer' | 'keys' | 'reply' | 'outcome' | 'firstWords';
const DECODERS: Readonly<Record<MeetingBox, (bytes: Uint8Array) => unknown>> = {
  offer: meeting.decodeOffer,
  keys: meeting.decodeKeys,
  reply: meeting.decodeReply,
  outcome: meeting.decodeOutcome,
  firstWords: meeting.decodeFirstWords,
};

test('vectors: boxes of an invitation', () => {
  const vectors = load<{
    readonly secret: Readonly<Record<'lock' | 'r' | 'keySetHash' | 'secret', boxes.Hex>>;
    readonly boxes: readonly (boxes.Box & { readonly index: number })[];
    readonly valid: readonly (Valid & { readonly box: MeetingBox })[];
    readonly invalid: readonly (Invalid & { readonly box: MeetingBox })[];
  }>('meeting/boxes.json');
  const { lock, r, keySetHash, secret } = vectors.secret;
  assert.equal(toHex(hash('invite-lock', fromHex(lock.hex))), r.hex);
  assert.equal(toHex(hash('invite', fromHex(keySetHash.hex), fromHex(r.hex))), secret.hex);
  assert.equal(hex(meeting.lockedBy(unhex(lock.hex))), r.hex);
  assert.equal(hex(meeting.invitationSecret(unhex(keySetHash.hex), unhex(r.hex))), secret.hex);
  for (const { index, ...box } of vectors.boxes) {
    assert.deepEqual(boxes.invitationBox(fromHex(secret.hex), index), box);
    const { seed, key, id } = meeting.meetingBox(unhex(secret.hex), index);
    assert.deepEqual({ seed: hex(seed), key: hex(key), id: hex(id) }, box);
  }
  assert.deepEqual(new Set(vectors.valid.map(({ box }) => box)), new Set(Object.keys(DECODERS)));
  for (const { box, hex: text, says } of vectors.valid) {
    assert.deepEqual(said(DECODERS[box](unhex(text))), says, box);
    assert.deepEqual(boxes.readBox(box, fromHex(text)), says, box);
    assert.equal(toHex(boxes.writeBox(box, says)), text, box);
  }
  for (const { box, why, hex: text } of vectors.invalid) {
    assert.throws(() => DECODERS[box](unhex(text)), refused, `${box}: ${why}`);
    assert.throws(() => boxes.readBox(box, fromHex(text)), `${box}: ${why}`);
  }
});

test('vectors: links of invitations', () => {
  const vectors = load<{
    readonly network: string;
    readonly valid: readonly { name: string; text: string; secret: string; card: string | null }[];
    readonly invalid: readonly { why: string; text: string; code: string }[];
  }>('meeting/links.json');
  for (const { name, text, secret, card } of vectors.valid) {
    const link = decodeLink(text);
    assert.deepEqual([hex(link.secret), link.card], [secret, card], name);
    const parts = /^tacet:\/\/invite\/1#([\w-]+)\.([\w-]+)(?:\.([\w-]+))?$/.exec(text.trim());
    const [, s = '', network = '', rest] = parts ?? [];
    assert.equal(Buffer.from(s, 'base64url').toString('hex'), secret, name);
    assert.equal(Buffer.from(network, 'base64url').toString('hex'), vectors.network.slice(0, 16));
    assert.equal(rest === undefined ? null : `tacet:network/1/${rest}`, card, name);
  }
  for (const { why, text, code } of vectors.invalid) {
    assert.throws(
      () => decodeLink(text),
      (error) => isAppError(error, code),
      why,
    );
  }
});

test('vectors: addresses, their requests and their end', () => {
  const vectors = load<{
    readonly card: Valid &
      Readonly<Record<'secret' | 'words' | 'link' | 'lock' | 'kemSeed', string>>;
    readonly invalidCards: readonly Invalid[];
    readonly end: boxes.Box & { readonly plaintext: string };
    readonly invalidEnds: readonly Invalid[];
    readonly place: boxes.Box & { readonly day: number; readonly number: number };
    readonly requests: readonly Valid[];
    readonly invalidRequests: readonly Invalid[];
  }>('addresses/addresses.json');
  const { card, place, end } = vectors;
  assert.deepEqual(said(decodeAddressCard(unhex(card.hex))), card.says);
  assert.equal(hex(encodeAddressCard(meant(card.says) as never)), card.hex);
  assert.deepEqual(boxes.readBox('card', fromHex(card.hex)), card.says);
  assert.equal(toHex(boxes.writeBox('card', card.says)), card.hex);
  const secret = hash('address', fromHex(card.hex));
  assert.deepEqual(
    [toHex(secret), hex(addressSecret(unhex(card.hex)))],
    [card.secret, card.secret],
  );
  assert.deepEqual(card.says['kem'], { hex: toHex(kemPublicKey(fromHex(card.kemSeed))) });
  assert.equal(boxes.wordsOf(hash('address-words', fromHex(card.hex))), card.words);
  assert.equal(cardWords(unhex(card.hex)), card.words);
  assert.deepEqual(hex(decodeAddressLink(card.link).bytes), card.hex);
  assert.equal(Buffer.from(card.link.split('#')[1] ?? '', 'base64url').toString('hex'), card.hex);
  for (const { why, hex: text } of vectors.invalidCards) {
    assert.throws(() => decodeAddressCard(unhex(text)), refused, why);
    assert.throws(() => boxes.readBox('card', fromHex(text)), why);
  }

  const plain = ({ seed, key, id }: ReturnType<typeof endBox>) => ({
    ...{ seed: hex(seed), key: hex(key), id: hex(id) },
  });
  const { day, number, ...box } = place;
  assert.deepEqual(boxes.requestBox(secret, day, number), box);
  assert.deepEqual(plain(requestBox(secret, { day, number })), box);
  const kem = kemKeyPair(unhex(card.kemSeed));
  const [seed, id] = [fromHex(card.kemSeed), fromHex(place.id)];
  const there = requestBox(secret, { day, number });
  for (const { hex: text, says } of vectors.requests) {
    assert.deepEqual(said(openRequest(kem, there, unhex(text))), says);
    assert.deepEqual(boxes.openRequest(seed, id, fromHex(text)), says);
    assert.equal(toHex(boxes.sealRequest(seed, id, fromHex(text), says)), text);
  }
  for (const { why, hex: text } of vectors.invalidRequests) {
    assert.equal(openRequest(kem, there, unhex(text)), null, why);
    assert.throws(() => boxes.openRequest(seed, id, fromHex(text)), why);
  }

  const { plaintext, ...where } = end;
  assert.deepEqual([boxes.endBox(secret), plain(endBox(secret))], [where, where]);
  const r = hash('address-lock', fromHex(card.lock));
  const ends = (text: string): boolean => {
    try {
      const lock = boxes.readBox('end', fromHex(text))['lock'] as boxes.Hex;
      return toHex(hash('address-lock', fromHex(lock.hex))) === toHex(r);
    } catch {
      return false;
    }
  };
  assert.ok(ends(plaintext) && isEndOf(unhex(plaintext), r));
  for (const { why, hex: text } of vectors.invalidEnds) {
    assert.deepEqual([ends(text), isEndOf(unhex(text), r)], [false, false], why);
  }
});
