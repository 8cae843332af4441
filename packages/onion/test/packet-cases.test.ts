/** Catalogue cases of a packet on its way: tampering, shape, unlinkability by bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '@tacet/base';
import { lionessDecrypt, lionessEncrypt, systemRng } from '@tacet/crypto';
import {
  createPacketBuilder,
  GEOMETRY as G,
  liveHeader,
  loopReplyBlock,
  type ReplyKeys,
} from '@tacet/onion';
import { LayerKeys, PRK_LENGTH } from '../src/keys.ts';
import { replyPayloadKeys } from '../src/reply-block.ts';
import { bitOfEach, dropsFlipped, LIVE_HEADER } from './flips.ts';
import { fuzz } from './fuzz.ts';
import {
  bytes,
  expectDrop,
  expectKind,
  freshCopy,
  freshNetwork,
  isUniform,
  makeNetwork,
  pathThrough,
  replyAtMix,
  requestAtMix,
  through,
  toggle,
} from './support.ts';

test('mixnet case (2): flipping a bit of any live byte of the header drops the packet at the next hop', () => {
  dropsFlipped(bitOfEach(LIVE_HEADER));
});

test('mixnet case (2): bits behind the live header do not survive a hop', () => {
  const network = makeNetwork();
  const atSecond = through(network, requestAtMix(network), 1);
  const from = G.prefix + liveHeader(2);
  const marked = Uint8Array.from(atSecond).fill(0xa5, from, G.payloadAt);
  const [, second] = network.relays;
  const plain = expectKind(second.opener.open(atSecond, 0), 'forward').packet;
  const other = expectKind(freshCopy(second, network).opener.open(marked, 0), 'forward').packet;
  const live = G.prefix + liveHeader(3);
  assert.equal(hex(plain.subarray(0, live)), hex(other.subarray(0, live)));
  assert.equal(hex(plain.subarray(G.payloadAt)), hex(other.subarray(G.payloadAt)));
  const fill = other.subarray(live, G.payloadAt);
  assert.ok(isUniform(fill) && !hex(fill).includes('a5a5a5a5a5'));
});

/** One bit of each 16 bytes of the payload, the last half block too, never the same twice running. */
const PAYLOAD_BITS = Array.from({ length: Math.ceil(G.payload / 16) }, (_, block) => {
  const at = G.payloadAt + block * 16;
  return at * 8 + ((block * 37) % (Math.min(16, G.frame - at) * 8));
});

test('mixnet case (2): one bit in each block of a request payload drops it at the next hop', () => {
  const network = makeNetwork();
  const frame = requestAtMix(network);
  const { opener } = network.relays[0];
  for (const bit of PAYLOAD_BITS) {
    toggle(frame, bit);
    expectDrop(opener.open(frame, 0), 'mac');
    toggle(frame, bit);
  }
  expectKind(opener.open(frame, 0), 'forward');
});

/** What a client sees of a reply before it looks at the end check (docs/spec/02-onion.md, 7). */
function withoutLayers(keys: ReplyKeys, payload: Uint8Array): Uint8Array {
  const out = Uint8Array.from(payload);
  const layer = new LayerKeys();
  for (let i = G.layers - 1; i >= 0; i--) {
    layer.fromPrk(keys.subarray(i * PRK_LENGTH, (i + 1) * PRK_LENGTH));
    lionessEncrypt(layer.lioness, out);
  }
  lionessDecrypt(replyPayloadKeys(keys.subarray(G.layers * PRK_LENGTH)), out);
  return out;
}

function differingBits(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) {
    for (let x = (a[i] as number) ^ (b[i] as number); x !== 0; x &= x - 1) count += 1;
  }
  return count;
}

test('mixnet case (2): one bit in each block of a reply fails its end check, half of its bits wrong', () => {
  const network = makeNetwork();
  const { frame, keys, data, builder } = replyAtMix(network);
  const arrives = (): Uint8Array => {
    const fresh = freshNetwork(network);
    const [, , , , own] = fresh.relays;
    return expectKind(own.opener.open(through(fresh, frame), 0), 'reply').payload;
  };
  const sent = new Uint8Array(G.payload);
  sent.set(data, G.endCheck);
  assert.equal(hex(withoutLayers(keys, arrives())), hex(sent));
  const half = G.payload * 4;
  // Six standard deviations of as many coins.
  const spread = 6 * Math.sqrt(G.payload * 2);
  for (const bit of PAYLOAD_BITS) {
    toggle(frame, bit);
    const payload = arrives();
    toggle(frame, bit);
    assert.equal(builder.openReply(keys, payload), null, `bit ${bit}`);
    const wrong = differingBits(withoutLayers(keys, payload), sent);
    assert.ok(Math.abs(wrong - half) < spread, `bit ${bit}: ${wrong} bits wrong`);
  }
  assert.deepEqual(builder.openReply(keys, arrives()), data);
});

test('mixnet case (3): truncated, extended, halved and spliced packets are dropped', () => {
  const network = makeNetwork();
  const [a, b] = [requestAtMix(network), requestAtMix(network)];
  const { opener } = network.relays[0];
  expectDrop(opener.open(a.slice(0, -1), 0), 'length');
  expectDrop(opener.open(a.slice(1), 0), 'length');
  expectDrop(opener.open(new Uint8Array([...a, 0]), 0), 'length');
  const spliced = Uint8Array.from(a);
  spliced.set(b.subarray(G.payloadAt), G.payloadAt);
  expectDrop(opener.open(spliced, 0), 'mac');
  const halves = Uint8Array.from(a);
  halves.set(b.subarray(G.frame / 2), G.frame / 2);
  expectDrop(opener.open(halves, 0), 'mac');
  const crossed = Uint8Array.from(a);
  crossed.set(b.subarray(G.prefix, G.prefix + G.kemCiphertext), G.prefix);
  expectDrop(opener.open(crossed, 0), 'header');
  const shifted = Uint8Array.from(a);
  shifted.set(a.subarray(G.prefix + G.layer, G.payloadAt), G.prefix);
  expectDrop(opener.open(shifted, 0), 'header');
  for (const frame of [a, b]) expectKind(opener.open(frame, 0), 'forward');
});

test('mixnet case (4): random and structured mutants have one outcome and never throw', () => {
  const report = fuzz({ count: Number(process.env.FC_RUNS ?? 100) * 20, seed: 'case 4' });
  assert.ok(report.slowestMs < 250, `one packet took ${report.slowestMs} ms`);
  assert.ok(Object.keys(report.outcomes).length >= 10, JSON.stringify(report.outcomes));
});

test('mixnet case (5): small-order and malleated points drop like any other bad ciphertext', () => {
  const network = makeNetwork();
  const frame = requestAtMix(network);
  const [first] = network.relays;
  const pointAt = G.prefix + 1_088;
  const withPoint = (point: Uint8Array) => {
    const changed = Uint8Array.from(frame);
    changed.set(point, pointAt);
    return changed;
  };
  const one = new Uint8Array(32);
  one[0] = 1;
  expectDrop(first.opener.open(withPoint(new Uint8Array(32)), 0), 'kem');
  expectDrop(first.opener.open(withPoint(one), 0), 'kem');
  // Not canonical: p + 9 is the base point for those who reduce.
  const notCanonical = new Uint8Array(32).fill(0xff);
  notCanonical[0] = 0xed + 9;
  notCanonical[31] = 0x7f;
  expectDrop(first.opener.open(withPoint(notCanonical), 0), 'header');
  const topBit = Uint8Array.from(frame.subarray(pointAt, pointAt + 32));
  toggle(topBit, 255);
  expectDrop(first.opener.open(withPoint(topBit), 0), 'header');
  expectKind(first.opener.open(frame, 0), 'forward');
});

test('mixnet case (5): implicit rejection takes about as long as a failed header', () => {
  const network = makeNetwork();
  const { opener } = network.relays[0];
  const variants = [G.prefix, G.prefix + G.kemCiphertext, -1].map((at) => {
    const frame = requestAtMix(network);
    if (at < 0) frame.fill(0, G.prefix + 1_088, G.prefix + 1_120);
    else toggle(frame, at * 8);
    return { frame, times: [] as number[] };
  });
  for (let round = 0; round < 400; round++) {
    for (const { frame, times } of variants) {
      const start = performance.now();
      opener.open(frame, 0);
      times.push(performance.now() - start);
    }
  }
  // The lower quartile, because other processes share the machine.
  const quartiles = variants.map(({ times }) => times.toSorted((a, b) => a - b)[100] ?? 0);
  const [implicit = 0, tag = 0, smallOrder = 0] = quartiles;
  for (const other of [implicit, smallOrder]) {
    assert.ok(other / tag > 0.6 && other / tag < 1.7, `${quartiles.join(' / ')} ms`);
  }
});

test('mixnet case (6): every kind of packet has the size of a frame on every link', () => {
  const network = makeNetwork();
  const [, , , box] = network.relays;
  const request = requestAtMix(network);
  const reply = replyAtMix(network).frame;
  const loop = loopReplyBlock(
    systemRng,
    { ...pathThrough(network, 4), hops: pathThrough(network, 4, [0, 0]).hops.slice(0, 2) },
    bytes(16),
  );
  assert.equal(loop.length, G.replyBlock);
  const loopReply = box.opener.reply(loop, bytes(G.replyData), 0);
  assert.ok(loopReply);
  for (const start of [request, reply, loopReply.packet]) {
    let frame = start;
    assert.equal(frame.length, 12_288);
    for (const relay of network.relays.slice(0, 3)) {
      const opened = relay.opener.open(frame, 0);
      if (opened.kind === 'end') break;
      frame = expectKind(opened, 'forward').packet;
      assert.equal(frame.length, 12_288);
    }
  }
});

/** Every run of eight bytes behind the prefix. */
function eightGrams(frame: Uint8Array): Set<string> {
  const grams = new Set<string>();
  const text = Buffer.from(frame).toString('latin1');
  for (let at = G.prefix; at + 8 <= frame.length; at++) grams.add(text.slice(at, at + 8));
  return grams;
}

test('mixnet case (7): what leaves a mix shares no eight bytes with what came in', () => {
  const network = makeNetwork();
  for (const start of [requestAtMix(network), replyAtMix(network).frame]) {
    const known = eightGrams(start);
    let frame = start;
    for (const relay of network.relays.slice(0, 3)) {
      frame = expectKind(relay.opener.open(frame, 0), 'forward').packet;
      const grams = eightGrams(frame);
      assert.ok(grams.isDisjointFrom(known));
      for (const gram of grams) known.add(gram);
    }
  }
});

test('mixnet case (8): to a mix a reply looks like a request but for one flag', () => {
  const network = makeNetwork();
  const [first] = network.relays;
  const request = expectKind(first.opener.open(requestAtMix(network), 0), 'forward');
  const reply = expectKind(first.opener.open(replyAtMix(network).frame, 0), 'forward');
  assert.deepEqual(Object.keys(request), Object.keys(reply));
  assert.deepEqual(request.packet.subarray(0, G.prefix), reply.packet.subarray(0, G.prefix));
  for (const { packet } of [request, reply]) {
    assert.ok(isUniform(packet.subarray(G.prefix, G.payloadAt)));
    assert.ok(isUniform(packet.subarray(G.payloadAt)));
  }
});

test('mixnet case (9): the refill is fresh random bytes at every layer, never zero', () => {
  const network = makeNetwork();
  let frame = requestAtMix(network);
  for (const relay of network.relays.slice(0, 3)) {
    const twin = freshCopy(relay, network);
    const a = expectKind(relay.opener.open(frame, 0), 'forward').packet;
    const b = expectKind(twin.opener.open(frame, 0), 'forward').packet;
    const from = G.prefix + liveHeader(relay.layer + 1);
    assert.equal(G.payloadAt - from, relay.layer * G.layer);
    assert.equal(hex(a.subarray(0, from)), hex(b.subarray(0, from)));
    for (let at = from; at < G.payloadAt; at += 8) {
      assert.notEqual(hex(a.subarray(at, at + 8)), hex(b.subarray(at, at + 8)));
    }
    assert.ok(isUniform(a.subarray(from, G.payloadAt)));
    frame = a;
  }
});

test('mixnet case (9): no byte of the frame but the layer tells a position', () => {
  const network = makeNetwork();
  const builder = createPacketBuilder(systemRng);
  const frames = [builder.request(pathThrough(network, 3), bytes(0), null)];
  const entered = network.relays[4].opener.enter(frames[0] as Uint8Array, 0);
  assert.ok('packet' in entered);
  frames.push(entered.packet);
  for (const relay of network.relays.slice(0, 3)) {
    const last = frames[frames.length - 1] as Uint8Array;
    frames.push(expectKind(relay.opener.open(last, 0), 'forward').packet);
  }
  assert.deepEqual(
    frames.map((frame) => frame[1]),
    [0, 1, 2, 3, 4],
  );
  for (const frame of frames) assert.ok(isUniform(frame.subarray(G.prefix)));
});
