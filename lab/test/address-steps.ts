/** Steps with reusable addresses (docs/spec/16-addresses.md), and what somebody with a card can do. */
import assert from 'node:assert/strict';
import {
  ByteWriter,
  base64url,
  concat,
  fromBase64url,
  MINUTE,
  randomBytes,
  utf8,
} from '@tacet/base';
import type { AddressView, ContactView, ProfileStore, RequestView } from '@tacet/client';
import {
  edKeyPair,
  hash,
  type KemPublicKey,
  kemEncapsulate,
  kemPublicKeyFrom,
  sealBox,
} from '@tacet/crypto';
import { type BoxId, type BoxRecord, type Mark, markOf, openRecord, sealRecord } from '@tacet/wire';
import type { Person } from '../src/person.ts';
import type { LabStage } from '../src/scenarios/lab-stage.ts';
import type { Actor } from '../src/scenarios/stage.ts';
import { announce } from './hostile/announce.ts';

const u32 = (n: number): Uint8Array => Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n);

export function addressOf(stage: LabStage, owner: Actor): AddressView & { readonly link: string } {
  const person = stage.personOf(owner);
  const made = person.client.addresses.create({ label: 'shown' }, stage.world.clockOf(person));
  stage.world.pumpPerson(person);
  const { link } = made;
  assert.ok(link !== null);
  return { ...made, link };
}

export function request(
  stage: LabStage,
  from: Actor,
  address: string,
  text = 'hello',
): ContactView {
  const person = stage.personOf(from);
  const now = stage.world.clockOf(person);
  const contact = person.client.sendRequest({ address, text }, now);
  stage.world.pumpPerson(person);
  return contact;
}

export function requestsOf(stage: LabStage, owner: Actor): RequestView[] {
  return stage.personOf(owner).client.addresses.requests();
}

export async function oneRequest(
  stage: LabStage,
  owner: Actor,
  n = 1,
  patience = 10 * MINUTE,
): Promise<RequestView> {
  await stage.until(
    `${n} requests are at ${owner.name}`,
    async () => requestsOf(stage, owner).length >= n,
    patience,
  );
  const found = requestsOf(stage, owner).at(-1);
  assert.ok(found !== undefined);
  return found;
}

export function acceptRequest(stage: LabStage, owner: Actor, id: string): ContactView {
  const person = stage.personOf(owner);
  const contact = person.client.acceptRequest({ id }, stage.world.clockOf(person));
  stage.world.pumpPerson(person);
  return contact;
}

export function contactNamed(stage: LabStage, who: Actor, name: string): ContactView | undefined {
  const { client } = stage.personOf(who);
  return client.contacts().find((one) => one.name === name);
}

/** Of a card holder: what the secret gives for one place. */
export function placeBox(link: string, day: number, number: number) {
  const secret = hash('address', fromBase64url(link.slice(link.indexOf('#') + 1)));
  const at = [u32(day), Uint8Array.of(number)];
  const seed = hash('address-seed', secret, ...at);
  const id = edKeyPair(seed).publicKey as BoxId;
  return { seed, key: hash('address-key', secret, ...at), id, mark: markOf(id) };
}

export function today(stage: LabStage): number {
  return Math.floor(stage.world.now / 86_400_000);
}

/** Fills a place at every edge, as anybody with the card can. */
export function fillPlace(
  stage: LabStage,
  link: string,
  place: { readonly day: number; readonly number: number },
  plaintext: Uint8Array,
): void {
  const box = placeBox(link, place.day, place.number);
  const record = sealRecord(box, stage.world.network.document.networkId, plaintext);
  put(stage, box, record);
}

function put(
  stage: LabStage,
  box: { readonly id: BoxId; readonly mark: ReturnType<typeof markOf> },
  record: BoxRecord,
): void {
  for (const node of stage.world.relays) {
    if (node.relay.role !== 'edge') continue;
    node.boxes.run({ kind: 'put', box: { mark: box.mark, id: box.id, record, expiryDay: 99_999 } });
  }
}

/** The plaintext that stands in a place at any edge, or null. */
export function readPlace(
  stage: LabStage,
  link: string,
  place: { readonly day: number; readonly number: number },
): Uint8Array | null {
  const box = placeBox(link, place.day, place.number);
  for (const node of stage.world.relays) {
    const got = node.boxes.run({ kind: 'get', marks: [box.mark] });
    const record = got.kind === 'get' ? got.records[0] : null;
    if (record != null) return openRecord(box, stage.world.network.document.networkId, record);
  }
  return null;
}

/** Places of a day that are filled at any edge. */
export function placesFilled(stage: LabStage, link: string, day: number): number[] {
  const found: number[] = [];
  for (let number = 0; number < 256; number++) {
    if (readPlace(stage, link, { day, number }) !== null) found.push(number);
  }
  return found;
}

export function markAt(link: string, day: number, number: number): Mark {
  return placeBox(link, day, number).mark;
}

let digests = 0;

/** Tells one person that these places are filled: at most 64 of them. */
export function announcePlaces(
  stage: LabStage,
  owner: Actor,
  link: string,
  day: number,
  numbers: readonly number[],
  edge = 0,
): void {
  const [mark, ...others] = numbers.map((number) => markAt(link, day, number));
  assert.ok(mark !== undefined);
  announceAhead(stage, owner, mark, others, edge);
}

function announceAhead(
  stage: LabStage,
  who: Actor,
  mark: Mark,
  others: readonly Mark[],
  edge: number,
): void {
  const { world } = stage;
  // Beyond the numbers that edges use themselves in the next minutes.
  digests += 1;
  const number = Math.floor(world.now / world.network.parameters.digestMs) + 40 + digests;
  announce(stage, stage.personOf(who), mark, { number, others, edge });
}

/** All boxes of all edges are gone, as when their day has come. */
export function expireBoxes(stage: LabStage): void {
  for (const node of stage.world.relays) node.boxes.run({ kind: 'expire', today: 999_999 });
}

export function ownAddress(stage: LabStage, owner: Actor): AddressView {
  const found = stage.personOf(owner).client.addresses.list()[0];
  assert.ok(found !== undefined);
  return found;
}

/** What a card says, by its place in the bytes. */
export interface CardParts {
  readonly head: Uint8Array;
  readonly kem: Uint8Array;
  readonly name: Uint8Array;
}

const HEAD = 1 + 8 + 32 + 32 + 33;
const KEM = 1_216;

export function cardOf(link: string): CardParts {
  const bytes = fromBase64url(link.slice(link.indexOf('#') + 1));
  return {
    head: bytes.slice(0, HEAD),
    kem: bytes.slice(HEAD, HEAD + KEM),
    name: bytes.slice(HEAD + KEM),
  };
}

/** The database of a person in the lab. */
export function storeOf(person: Person): ProfileStore {
  return (person as unknown as { readonly store: ProfileStore }).store;
}

/** Puts another card in the place of a person's newest one, and answers its link. */
export function withCard(stage: LabStage, owner: Actor, parts: CardParts): string {
  const card = concat(parts.head, parts.kem, parts.name);
  storeOf(stage.personOf(owner)).run('UPDATE addresses SET card = ?', card);
  return `tacet://address/1#${base64url(card)}`;
}

export interface SealedParts {
  readonly kem?: KemPublicKey;
  readonly invitation?: Uint8Array;
  /** Of the person it claims to come from. */
  readonly keySetHash?: Uint8Array;
  readonly endsDay?: number;
  readonly name?: string;
  readonly text?: string;
}

/** A request for one place, sealed as spec 16 says; what is not given is random or usual. */
export function sealedFor(
  stage: LabStage,
  link: string,
  place: { readonly day: number; readonly number: number },
  parts: SealedParts,
): Uint8Array {
  const { rng } = stage.world;
  const { id } = placeBox(link, place.day, place.number);
  const text = utf8(parts.text ?? '');
  const name = utf8(parts.name ?? 'mallory');
  const content = new ByteWriter(1_127)
    .u8(1)
    .put(parts.invitation ?? randomBytes(rng, 32))
    .put(parts.keySetHash ?? randomBytes(rng, 32))
    .put(randomBytes(rng, 16))
    .u32(parts.endsDay ?? place.day + 10)
    .u8(name.length)
    .put(name)
    .skip(64 - name.length)
    .u16(text.length)
    .put(text).bytes;
  const kem = parts.kem ?? kemPublicKeyFrom(cardOf(link).kem);
  const { ciphertext, secret } = kemEncapsulate(kem, rng);
  const key = hash('address-request', secret, ciphertext, id);
  return concat(Uint8Array.of(20), ciphertext, sealBox(key, new Uint8Array(24), content, id));
}

function endOf(link: string) {
  const secret = hash('address', fromBase64url(link.slice(link.indexOf('#') + 1)));
  const seed = hash('address-end-seed', secret);
  const id = edKeyPair(seed).publicKey as BoxId;
  return { seed, key: hash('address-end-key', secret), id, mark: markOf(id) };
}

/** Somebody with the card writes what only the owner should. */
export function fillEnd(stage: LabStage, link: string): void {
  const box = endOf(link);
  const lie = new Uint8Array(2_264).fill(21, 0, 33);
  put(stage, box, sealRecord(box, stage.world.network.document.networkId, lie));
}

export function announceEnd(stage: LabStage, who: Actor, link: string): void {
  announceAhead(stage, who, endOf(link).mark, [], 0);
}
