import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import {
  createPacketBuilder,
  createPacketOpener,
  epochOfBlock,
  type Frame,
  firstRelayOf,
  GEOMETRY as G,
  type Path,
} from '@tacet/onion';
import {
  bytes,
  EPOCH,
  expectDrop,
  expectKind,
  makeNetwork,
  makeRelay,
  makeReplyId,
  newGuard,
  pathThrough,
  type TestRelay,
} from './support.ts';

/** Through the three mixes; checks next index, delay and framing at each. */
function throughMixes(relays: readonly TestRelay[], packet: Frame, delays: readonly number[]) {
  let frame = packet;
  for (const [i, relay] of relays.slice(0, 3).entries()) {
    const out = expectKind(relay.opener.open(frame, 0), 'forward');
    assert.equal(out.delayMs, delays[i]);
    assert.equal(out.packet.length, G.frame);
    assert.equal(out.packet[1], i + 2);
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
  assert.equal(frame[1], 0, 'the client frame is left alone');

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

test('a builder refuses data, paths and blocks that do not fit', () => {
  const network = makeNetwork();
  const builder = createPacketBuilder(systemRng);
  const path = pathThrough(network, 3);
  const code = (expected: string) => (error: unknown) => isAppError(error, expected);
  assert.throws(() => builder.request(path, bytes(2_817), null), code('onion-data'));
  const short = bytes(4_741) as Parameters<typeof builder.request>[2];
  assert.throws(() => builder.request(path, bytes(1), short), code('onion-data'));
  for (const delays of [[0.5], [-1], [2 ** 32]]) {
    const bad = pathThrough(network, 3, delays);
    assert.throws(() => builder.request(bad, bytes(1), null), code('onion-path'));
  }
  const three = { ...path, hops: path.hops.slice(1) } as unknown as Path;
  assert.throws(() => builder.request(three, bytes(1), null), code('onion-path'));
  const waiting = pathThrough(network, 4, [1, 1, 1, 1]);
  assert.throws(() => builder.replyBlock(waiting, makeReplyId()), code('onion-path'));
  const id = bytes(15) as ReturnType<typeof makeReplyId>;
  assert.throws(() => builder.replyBlock(path, id), code('onion-path'));
});

test('an edge takes in only well-formed client frames of an epoch in force', () => {
  const network = makeNetwork();
  const [, , , , own] = network.relays;
  const frame = createPacketBuilder(systemRng).request(pathThrough(network, 3), bytes(1), null);
  const dropOf = (changed: Uint8Array) => {
    const out = own.opener.enter(changed, 0);
    return 'drop' in out ? out.drop : 'entered';
  };
  const withByte = (at: number, value: number) => {
    const changed = Uint8Array.from(frame);
    changed[at] = value;
    return changed;
  };
  assert.equal(dropOf(frame), 'entered');
  assert.equal(dropOf(frame.slice(1)), 'length');
  assert.equal(dropOf(withByte(0, 2)), 'version');
  assert.equal(dropOf(withByte(1, 1)), 'layer');
  assert.equal(dropOf(withByte(2, 255)), 'epoch');
});

test('an opener belongs to one layer and role', () => {
  const [mix] = makeNetwork().relays;
  const replay = newGuard();
  const make = (role: 'mix' | 'edge', layer: number) => () =>
    createPacketOpener({ keys: mix.keys, replay, rng: systemRng, role, layer });
  const refused = (error: unknown) => isAppError(error, 'onion-role');
  for (const layer of [0, 4, 5]) assert.throws(make('mix', layer), refused);
  for (const layer of [0, 1, 3, 5]) assert.throws(make('edge', layer), refused);
  for (const layer of [1, 2, 3]) make('mix', layer)();
  make('edge', 4)();
});

test('the second document hash is tried without a second decapsulation', () => {
  const network = makeNetwork();
  const [old] = network.relays;
  let decapsulations = 0;
  const pair = {
    publicKey: old.pair.publicKey,
    decapsulate: (ciphertext: Uint8Array) => {
      decapsulations++;
      return old.pair.decapsulate(ciphertext);
    },
    wipe: () => old.pair.wipe(),
  };
  const documentHash = bytes(32) as typeof network.documentHash;
  const frame = createPacketBuilder(systemRng).request(pathThrough(network, 3), bytes(1), null);
  frame[1] = 1;
  const predecessor = network.documentHash;
  const early = makeRelay({ layer: 1, index: old.index, pair, documentHash, predecessor });
  expectKind(early.opener.open(frame, 0), 'forward');
  assert.equal(decapsulations, 1);
  assert.equal(early.opener.secondTries(), 1);
  expectDrop(early.opener.open(frame, 0), 'replay');
  const later = makeRelay({ layer: 1, index: old.index, pair, documentHash });
  expectDrop(later.opener.open(frame, 0), 'header');
});
