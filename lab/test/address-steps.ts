/** Steps with reusable addresses (docs/spec/16-addresses.md), and what somebody with a card can do. */
import assert from 'node:assert/strict';
import { fromBase64url } from '@tacet/base';
import type { AddressView, ContactView, RequestView } from '@tacet/client';
import { edKeyPair, hash } from '@tacet/crypto';
import { type BoxId, type BoxRecord, markOf, openRecord, sealRecord } from '@tacet/wire';
import type { LabStage } from '../src/scenarios/lab-stage.ts';
import type { Actor } from '../src/scenarios/stage.ts';

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

export async function oneRequest(stage: LabStage, owner: Actor, n = 1): Promise<RequestView> {
  await stage.until(
    `${n} requests are at ${owner.name}`,
    async () => requestsOf(stage, owner).length >= n,
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

/** Writes through a daemon-less client of the edges: what stands there is announced. */
export function fillPlace(
  stage: LabStage,
  link: string,
  place: { readonly day: number; readonly number: number },
  plaintext: Uint8Array,
): void {
  const box = placeBox(link, place.day, place.number);
  const record = sealRecord(box, stage.world.network.document.networkId, plaintext);
  putAnnounced(stage, box, record);
}

/** Puts a record into every edge's store and lets its machine announce it. */
export function putAnnounced(
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
