import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRng } from '@tacet/crypto';
import {
  createPacketBuilder,
  epochOfBlock,
  type Frame,
  firstRelayOf,
  GEOMETRY as G,
  type Opened,
} from '@tacet/onion';
import { bytes, EPOCH, makeNetwork, makeReplyId, pathThrough, type TestRelay } from './support.ts';

function expectKind<K extends Opened['kind']>(
  opened: Opened,
  kind: K,
): Extract<Opened, { kind: K }> {
  assert.equal(opened.kind, kind, JSON.stringify(opened).slice(0, 200));
  return opened as Extract<Opened, { kind: K }>;
}

/** Through the three mixes; checks next index, delay and framing at each. */
function throughMixes(relays: readonly TestRelay[], packet: Frame, delays: readonly number[]) {
  let frame = packet;
  for (const [i, relay] of relays.slice(0, 3).entries()) {
    const out = expectKind(relay.opener.open(frame, 0), 'forward');
    assert.equal(out.delayMs, delays[i]);
    assert.equal(out.packet.length, G.frame);
    frame = out.packet;
  }
  return frame;
}

test('a request reaches the box edge and its reply comes back to the client', () => {
  const network = makeNetwork();
  const [a, b, c, box, own] = network.relays;
  const builder = createPacketBuilder(systemRng);
  const replyId = makeReplyId();
  const back = builder.replyBlock(pathThrough(network, 4, [1, 2, 3, 0]), replyId);
  assert.equal(back.block.length, 4_742);
  assert.equal(firstRelayOf(back.block), a.index);
  assert.equal(epochOfBlock(back.block), EPOCH);

  const data = bytes(2_816);
  const frame = builder.request(pathThrough(network, 3, [100, 200, 300, 400]), data, back.block);
  assert.equal(frame.length, 12_288);
  assert.equal(frame[1], 0);
  const entered = own.opener.enter(frame, 0);
  assert.ok('packet' in entered);
  assert.equal(entered.next, a.index);

  const atBox = throughMixes([a, b, c], entered.packet, [100, 200, 300]);
  const request = expectKind(box.opener.open(atBox, 0), 'request');
  assert.equal(request.delayMs, 400);
  assert.deepEqual(request.data, data);
  assert.deepEqual(request.block, back.block);

  const answer = bytes(7_560);
  assert.ok(request.block);
  const injected = box.opener.reply(request.block, answer, 0);
  assert.ok(injected);
  assert.equal(injected.next, a.index);
  const atOwn = throughMixes([a, b, c], injected.packet, [1, 2, 3]);
  const reply = expectKind(own.opener.open(atOwn, 0), 'reply');
  assert.deepEqual(reply.replyId, replyId);
  assert.deepEqual(builder.openReply(back.keys, reply.payload), answer);
});

test('a request may carry no reply block and any length of data', () => {
  const network = makeNetwork();
  const [a, b, c, box] = network.relays;
  const builder = createPacketBuilder(systemRng);
  for (const length of [0, 1, 2_815, 2_816]) {
    const data = bytes(length);
    const frame = builder.request(pathThrough(network, 3), data, null);
    frame[1] = 1;
    const request = expectKind(
      box.opener.open(throughMixes([a, b, c], frame, [100, 200, 300]), 0),
      'request',
    );
    assert.deepEqual(request.data, data);
    assert.equal(request.block, null);
  }
});
