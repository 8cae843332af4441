/** Catalogue cases of reply blocks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, isAppError } from '@tacet/base';
import { lionessDecrypt, lionessEncrypt, systemRng } from '@tacet/crypto';
import { createPacketBuilder, GEOMETRY as G, type ReplyBlock, type ReplyKeys } from '@tacet/onion';
import { BLOCK_SEED_AT, replyPayloadKeys } from '../src/reply-block.ts';
import {
  bytes,
  expectDrop,
  expectKind,
  makeNetwork,
  makeReplyId,
  pathThrough,
  replyAtMix,
  through,
} from './support.ts';

test('mixnet case (16): the second use of a reply block is dropped at the first mix', () => {
  const network = makeNetwork();
  const [first, , , box] = network.relays;
  const { frame, block } = replyAtMix(network);
  expectKind(first.opener.open(frame, 0), 'forward');
  const again = box.opener.reply(block, bytes(G.replyData), 0);
  assert.ok(again);
  expectDrop(first.opener.open(again.packet, 0), 'replay');
});

test('reply data and reply blocks of another length are mistakes of the caller', () => {
  const network = makeNetwork();
  const { block } = replyAtMix(network);
  const { opener } = network.relays[3];
  const isBug = (error: unknown) => isAppError(error, 'onion-data');
  for (const length of [0, G.replyData - 1, G.replyData + 1]) {
    assert.throws(() => opener.reply(block, bytes(length), 0), isBug);
  }
  for (const wrong of [block.subarray(1), new Uint8Array([...block, 0]), bytes(0)]) {
    assert.throws(() => opener.reply(wrong as ReplyBlock, bytes(G.replyData), 0), isBug);
  }
});

test('mixnet case (18): a replier recognises its payload nowhere on the way', () => {
  const network = makeNetwork();
  const { frame, block, data } = replyAtMix(network);
  const seed = block.subarray(BLOCK_SEED_AT, BLOCK_SEED_AT + G.keySeed);
  const known = replyPayloadKeys(seed);
  const seen = [frame];
  for (const relay of network.relays.slice(0, 3)) {
    const last = seen[seen.length - 1] as Uint8Array;
    seen.push(expectKind(relay.opener.open(last, 0), 'forward').packet);
  }
  const payloads = seen.map((each) => each.slice(G.payloadAt));
  assert.equal(new Set(payloads.map(hex)).size, 4);
  for (const payload of payloads.slice(1)) {
    for (const cipher of [lionessEncrypt, lionessDecrypt]) {
      const tried = Uint8Array.from(payload);
      cipher(known, tried);
      assert.notEqual(hex(tried.subarray(0, 16)), '00'.repeat(16));
      assert.ok(!payloads.map(hex).includes(hex(tried)));
    }
    const text = Buffer.from(payload).toString('latin1');
    for (let at = 0; at + 8 <= data.length; at += 8) {
      assert.ok(!text.includes(Buffer.from(data.subarray(at, at + 8)).toString('latin1')));
    }
  }
});

test('mixnet case (19): a request has room for one reply block and no more', () => {
  const network = makeNetwork();
  assert.equal(G.requestData, G.payload - G.endCheck - 2 - G.replyBlock);
  assert.ok(G.requestData < G.replyBlock, 'a second block does not fit into the data');
  const builder = createPacketBuilder(systemRng);
  const { block } = builder.replyBlock(pathThrough(network, 4), makeReplyId());
  const frame = builder.request(pathThrough(network, 3), bytes(1), block);
  frame[1] = 1;
  const opened = network.relays[3].opener.open(through(network, frame), 0);
  assert.deepEqual(expectKind(opened, 'request').block, block);
});

test('openReply wants exact lengths, keeps its input and fails for other keys', () => {
  const network = makeNetwork();
  const { frame, keys, data, builder } = replyAtMix(network);
  const { payload } = expectKind(
    network.relays[4].opener.open(through(network, frame), 0),
    'reply',
  );
  const before = Uint8Array.from(payload);
  assert.deepEqual(builder.openReply(keys, payload), data);
  assert.deepEqual(payload, before);
  assert.equal(builder.openReply(keys.slice(1) as ReplyKeys, payload), null);
  assert.equal(builder.openReply(keys, payload.slice(1)), null);
  assert.equal(builder.openReply(bytes(160) as ReplyKeys, payload), null);
});
