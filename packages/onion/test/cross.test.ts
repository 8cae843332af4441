/** Packets of production code opened by the slow reference. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, hex } from '@tacet/base';
import { type KemPublicKey, systemRng } from '@tacet/crypto';
import {
  buildFromLayer,
  createPacketBuilder,
  type DocumentHash,
  type Hop,
  loopReplyBlock,
  type Path,
  type ReplyId,
} from '@tacet/onion';
import { fillReply, openPacket, openReply, type RefOpened } from './reference/onion.ts';
import type { Octets } from './reference/primitives.ts';
import { EPOCH, refRelay, TO_BOX, TO_OWN } from './reference/scene.ts';
import { bytes } from './support.ts';
import { scene } from './vectors.ts';

const documentHash = fromHex(scene.document_hash) as DocumentHash;

function hopsOf(names: readonly string[], lastDelay: number): Hop[] {
  return names.map((name, i) => {
    const relay = scene.relays.find((each) => each.name === name);
    assert.ok(relay);
    const delayMs = i === names.length - 1 ? lastDelay : 11 * (i + 1);
    return { index: relay.index, key: fromHex(relay.public_key) as KemPublicKey, delayMs };
  });
}

const pathOf = (names: readonly string[], lastDelay: number): Path =>
  ({ epoch: EPOCH, documentHash, hops: hopsOf(names, lastDelay) }) as unknown as Path;

/** The reference's relays one after the other; returns the last outcome. */
function travel(names: readonly string[], packet: Uint8Array, firstLayer: number): RefOpened {
  let at = Uint8Array.from(packet);
  let outcome: RefOpened = { drop: 'length' };
  for (const [i, name] of names.entries()) {
    outcome = openPacket(refRelay(name), at, bytes((firstLayer + i) * 1176) as Octets);
    assert.ok(!('drop' in outcome), `${name}: ${JSON.stringify(outcome)}`);
    if (outcome.command !== 'forward') return outcome;
    assert.equal(outcome.delay, 11 * (i + 1));
    at = outcome.packet;
  }
  return outcome;
}

test('the reference opens requests and fills reply blocks of production', () => {
  const builder = createPacketBuilder(systemRng);
  const replyId = bytes(16) as ReplyId;
  const { block, keys } = builder.replyBlock(pathOf(TO_OWN, 0), replyId);
  const data = bytes(700);
  const frame = builder.request(pathOf(TO_BOX, 44), data, block);
  assert.equal(frame[1], 0);
  frame[1] = 1;
  const request = travel(TO_BOX, frame, 1);
  assert.ok('command' in request && request.command === 'request');
  assert.equal(request.delay, 44);
  assert.equal(hex(request.data), hex(data));
  assert.ok(request.block);
  assert.equal(hex(request.block), hex(block));

  const answer = bytes(7_560) as Octets;
  const reply = travel(TO_OWN, fillReply(request.block, answer), 1);
  assert.ok('command' in reply && reply.command === 'reply');
  assert.equal(hex(reply.id), hex(replyId));
  const opened = builder.openReply(keys, reply.payload);
  assert.equal(opened && hex(opened), hex(answer));
  // The kept keys mean the same to both.
  const prks = [0, 32, 64, 96].map((at) => keys.slice(at, at + 32) as Octets);
  const theirs = openReply(prks, keys.slice(128) as Octets, reply.payload);
  assert.equal(theirs && hex(theirs), hex(answer));
});

test('rule 2.1: a loop of a client is a reply to itself, through four relays of the reference', () => {
  const builder = createPacketBuilder(systemRng);
  const replyId = bytes(16) as ReplyId;
  const { frame, keys } = builder.loop(pathOf(TO_OWN, 0), replyId);
  assert.equal(frame[1], 0);
  frame[1] = 1;
  const back = travel(TO_OWN, frame, 1);
  assert.ok('command' in back && back.command === 'reply');
  assert.equal(hex(back.id), hex(replyId));
  assert.equal(builder.openReply(keys, back.payload)?.length, 7_560);
  back.payload[100] = (back.payload[100] ?? 0) ^ 1;
  assert.equal(builder.openReply(keys, back.payload), null);
});

for (const firstLayer of [2, 3, 4]) {
  test(`a loop of a mix in layer ${firstLayer - 1} goes out and comes back`, () => {
    const back = { epoch: EPOCH, documentHash, hops: hopsOf(TO_OWN.slice(0, firstLayer - 1), 0) };
    const id = bytes(16);
    const block = loopReplyBlock(systemRng, back, id);
    const names = TO_BOX.slice(firstLayer - 1);
    const out = { epoch: EPOCH, documentHash, hops: hopsOf(names, 5) };
    const packet = buildFromLayer(systemRng, out, firstLayer, bytes(100), block);
    const request = travel(names, packet, firstLayer);
    assert.ok('command' in request && request.command === 'request' && request.block);
    const reply = fillReply(request.block, bytes(7_560) as Octets);
    const end = travel(TO_OWN.slice(0, firstLayer - 1), reply, 1);
    assert.ok('command' in end && end.command === 'end');
    assert.equal(hex(end.id), hex(id));
  });
}
