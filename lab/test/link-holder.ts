/** Somebody who has an invitation's link, or makes one of their own, and writes into its boxes. */
import assert from 'node:assert/strict';
import { base64url, fromBase64url } from '@tacet/base';
import { edKeyPair, hash } from '@tacet/crypto';
import { type BoxId, type Mark, markOf, openRecord, sealRecord } from '@tacet/wire';
import type { LabStage } from '../src/scenarios/lab-stage.ts';
import { linkOf } from '../src/scenarios/steps.ts';

/** A link whose boxes are whoever's who fills them first. */
export function linkTo(stage: LabStage, secret: Uint8Array): string {
  const network = stage.world.network.document.networkId.slice(0, 8);
  return `tacet://invite/1#${base64url(secret)}.${base64url(network)}`;
}

export function secretOf(link: string): Uint8Array {
  return fromBase64url(link.slice(link.indexOf('#') + 1).split('.')[0] ?? '');
}

/** Fills a box of an invitation at every edge, as anybody with the link can; its mark. */
export function fill(
  stage: LabStage,
  secret: Uint8Array,
  index: number,
  plaintext: Uint8Array,
): Mark {
  const i = Uint8Array.of(index);
  const seed = hash('invite-seed', secret, i);
  const key = hash('invite-key', secret, i);
  const id = edKeyPair(seed).publicKey as BoxId;
  const { document } = stage.world.network;
  const record = sealRecord({ seed, key }, document.networkId, plaintext);
  for (const node of stage.world.relays) {
    if (node.relay.role !== 'edge') continue;
    node.boxes.run({ kind: 'put', box: { mark: markOf(id), id, record, expiryDay: 99_999 } });
  }
  return markOf(id);
}

/** What stands in a box of an invitation, as anybody with the link reads it; null: nothing. */
export function standing(stage: LabStage, secret: Uint8Array, index: number): Uint8Array | null {
  const i = Uint8Array.of(index);
  const id = edKeyPair(hash('invite-seed', secret, i)).publicKey as BoxId;
  const key = hash('invite-key', secret, i);
  for (const node of stage.world.relays) {
    const got = node.boxes.run({ kind: 'get', marks: [markOf(id)] });
    const record = got.kind === 'get' ? got.records[0] : null;
    if (record != null) {
      return openRecord({ id, key }, stage.world.network.document.networkId, record);
    }
  }
  return null;
}

/** Every box that stands at any edge has run out. */
export function expireAll(stage: LabStage): void {
  for (const node of stage.world.relays) node.boxes.run({ kind: 'expire', today: 99_998 });
}

/** Plaintexts of boxes 0 and 1 as `other` would place them for an invitation of their own. */
export async function offerOf(stage: LabStage, name: string): Promise<[Uint8Array, Uint8Array]> {
  const other = await stage.person(name);
  const link = await linkOf(stage, other, 'x');
  // The link is shown when box 0 is stored; box 1 may follow.
  await stage.pass(15_000);
  const [a, b] = [0, 1].map((index) => standing(stage, secretOf(link), index));
  assert.ok(a != null && b != null);
  return [a, b];
}
