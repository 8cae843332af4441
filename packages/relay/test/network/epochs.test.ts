import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, MINUTE, type Millis, randomBytes } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { drawPath, epochStart, type VerifiedDocument } from '@tacet/directory';
import { createPacketBuilder, type DocumentHash, type ReplyId } from '@tacet/onion';
import { makeTestNetwork, TEST_NOW } from '@tacet/testkit';
import { encodeRequest } from '@tacet/wire';
import { makeBox, randomMark, TestClient } from '../support/test-client.ts';
import { type EdgeNode, VirtualNetwork } from '../support/virtual-network.ts';

const network = makeTestNetwork({
  seed: 'epochs',
  mixesPerLayer: 2,
  parameters: { digestMs: MINUTE, slotMs: 50, inUseSlotMs: 50, delayMeanMs: 20 },
});
const { parameters, verified } = network;
const { epoch } = network.document;
const { graceMs } = parameters;
const start = (of: number): Millis => epochStart(parameters, of);

function startNetwork(now: Millis = TEST_NOW) {
  const net = new VirtualNetwork(network, TEST_NOW);
  net.run(now);
  const [first, second] = net.edges as [EdgeNode, EdgeNode];
  return { net, first, second, client: new TestClient(net, first, { link: 1 }) };
}

/** A GET built by hand, for whatever epoch and document hash a test wants. */
function request(client: TestClient, net: VirtualNetwork, of: number, hash?: DocumentHash) {
  const to = net.edges[1]?.relay.hash ?? assert.fail();
  const bend = <P extends object>(path: P): P => (hash ? { ...path, documentHash: hash } : path);
  const out = bend(drawPath(systemRng, verified, of, { last: to, lastDelayMs: 0 }));
  const back = drawPath(systemRng, verified, of, { last: client.edge.relay.hash, lastDelayMs: 0 });
  const replyId = concat(client.welcome.handle, randomBytes(systemRng, 8)) as ReplyId;
  const builder = createPacketBuilder(systemRng);
  const { block } = builder.replyBlock(back, replyId);
  const marks = [randomMark(), randomMark(), randomMark()] as const;
  const data = encodeRequest({ kind: 'get', waitMs: 0, marks });
  return { frame: builder.request(out, data, block), out, block };
}

const total = (net: VirtualNetwork, name: string): number =>
  [...net.mixes, ...net.edges].reduce(
    (sum, { machine }) => sum + (machine.counters.snapshot()[name] ?? 0),
    0,
  );
const learn = (net: VirtualNetwork, document: VerifiedDocument): void => {
  for (const { book } of [...net.mixes, ...net.edges]) book.accept(document);
  for (const { machine } of net.edges) machine.onDocument(document, net.now);
};

test('mixnet case (12): a packet of epoch e is accepted until grace after it, then refused', () => {
  const { net, first, client } = startNetwork(start(epoch + 1) + graceMs - 10_000);
  client.send(request(client, net, epoch).frame);
  net.run(net.now + 5_000);
  assert.equal(total(net, 'get'), 1, 'within grace it reaches its edge');
  net.run(start(epoch + 1) + graceMs);
  client.send(request(client, net, epoch).frame);
  assert.equal(first.machine.counters.get('up-epoch'), 1);
});

test('mixnet case (13): a client whose clock is 299 s ahead is understood, 301 s is not', () => {
  const { net, first, client } = startNetwork(start(epoch + 1) - 299_000);
  client.send(request(client, net, epoch + 1).frame);
  net.run(net.now + 1_000);
  assert.equal(first.machine.counters.get('up-epoch'), 0);
  assert.equal(total(net, 'get'), 1);
  const early = startNetwork(start(epoch + 1) - 301_000);
  early.client.send(request(early.client, early.net, epoch + 1).frame);
  assert.equal(early.first.machine.counters.get('up-epoch'), 1);
});

test('mixnet case (15): a packet built on another document dies at the first honest mix', () => {
  const { net, client } = startNetwork();
  const privately = network.next(verified, epoch + 1);
  client.send(request(client, net, epoch, privately.hash).frame);
  net.run(net.now + 5_000);
  assert.equal(total(net, 'packet-header'), 1);
  assert.equal(total(net, 'get'), 0);
});

test('mixnet case (10): copies of one packet, late or in one batch, arrive once', () => {
  const { net, client } = startNetwork();
  // The client's grid is late, so that two frames may come at once.
  net.run(net.now + 10_000);
  const { frame } = request(client, net, epoch);
  client.send(frame);
  client.send(frame.slice());
  net.run(net.now + 2_000);
  client.send(frame.slice());
  net.run(net.now + 2_000);
  assert.equal(total(net, 'get'), 1);
  assert.equal(total(net, 'packet-replay'), 2);
});

test('mixnet case (16): the second use of a reply block is refused at the first mix', () => {
  const { net, second, client } = startNetwork();
  const { block } = request(client, net, epoch);
  const inject = () => {
    const marks = [randomMark(), randomMark(), randomMark()] as const;
    const out = drawPath(systemRng, verified, epoch, { last: second.relay.hash, lastDelayMs: 0 });
    const data = encodeRequest({ kind: 'get', waitMs: 0, marks });
    client.send(createPacketBuilder(systemRng).request(out, data, block));
    net.run(net.now + 3_000);
  };
  inject();
  assert.equal(total(net, 'reply-queued'), 1);
  inject();
  assert.equal(total(net, 'reply-queued'), 1);
  assert.equal(total(net, 'packet-replay'), 1);
  const layers = net.mixes.filter(({ machine }) => machine.counters.get('packet-replay') > 0);
  assert.deepEqual(
    layers.map(({ relay }) => relay.layer),
    [1],
  );
});

test('mixnet case (17): a reply block of an epoch that is over is given up', () => {
  const { net, first, client } = startNetwork(start(epoch + 1) + graceMs - 2_000);
  const to = net.edges[1]?.relay.hash ?? assert.fail();
  const out = drawPath(systemRng, verified, epoch, { last: to, lastDelayMs: 0 });
  const { block } = request(client, net, epoch);
  const last = { ...out.hops[3], delayMs: 540 };
  const path = { ...out, hops: [out.hops[0], out.hops[1], out.hops[2], last] as const };
  const marks = [randomMark(), randomMark(), randomMark()] as const;
  const data = encodeRequest({ kind: 'get', waitMs: 0, marks });
  net.run(start(epoch + 1) + graceMs - 400);
  client.send(createPacketBuilder(systemRng).request(path, data, block));
  net.run(net.now + 5_000);
  assert.equal(total(net, 'get'), 1);
  assert.equal(total(net, 'answer-stale'), 1);
  assert.equal(first.machine.counters.get('reply-queued'), 0);
});

test('keys rotate with packets in flight, and nothing is lost', () => {
  const { net, client } = startNetwork(start(epoch + 1) - 90_000);
  const next = network.next(verified, epoch + 1);
  learn(net, next);
  client.book.accept(next);
  let asked = 0;
  while (net.now < start(epoch + 1) + 60_000) {
    const box = makeBox(net);
    const { answer } = client.ask(box.homes[0], { kind: 'put', record: box.record() });
    assert.equal(answer.status, 'stored');
    asked += 1;
    net.run(net.now + 1_000);
  }
  assert.ok(asked > 50);
  for (const reason of ['epoch', 'index', 'header', 'replay']) {
    assert.equal(total(net, `packet-${reason}`), 0, reason);
  }
});

test('rule 2.6: indices shift with a new document, and packets of either epoch find their way', () => {
  const { net, client } = startNetwork(start(epoch + 1) - 30_000);
  const gone = network.document.relays.findIndex((relay) => relay.role === 'mix');
  const relays = network.next(verified, epoch + 1).document.relays.filter((_, i) => i !== gone);
  const next = network.next(verified, epoch + 1, { relays });
  learn(net, next);
  client.book.accept(next);
  assert.notEqual(next.document.relays.length, verified.document.relays.length);
  const of = (document: VerifiedDocument, e: number) => {
    const to = net.edges[1]?.relay.hash ?? assert.fail();
    const out = drawPath(systemRng, document, e, { last: to, lastDelayMs: 0 });
    const marks = [randomMark(), randomMark(), randomMark()] as const;
    const { block } = request(client, net, epoch);
    const data = encodeRequest({ kind: 'get', waitMs: 0, marks });
    return createPacketBuilder(systemRng).request(out, data, block);
  };
  for (let i = 0; i < 10; i++) {
    client.send(of(verified, epoch));
    net.run(net.now + 200);
    client.send(of(next, epoch + 1));
    net.run(net.now + 200);
  }
  net.run(net.now + 5_000);
  assert.equal(total(net, 'get'), 20);
  assert.equal(total(net, 'next-unknown') + total(net, 'next-layer'), 0);
});

test('rule 2.6: a client with the last document is understood in the first grace of the epoch', () => {
  const { net, client } = startNetwork(start(epoch + 1) + 1_000);
  const next = network.next(verified, epoch + 1);
  learn(net, next);
  client.send(request(client, net, epoch + 1).frame);
  net.run(net.now + 3_000);
  assert.equal(total(net, 'get'), 1);
  net.run(start(epoch + 1) + graceMs);
  client.send(request(client, net, epoch + 1).frame);
  net.run(net.now + 3_000);
  assert.equal(total(net, 'get'), 1);
  assert.equal(total(net, 'packet-header'), 1);
});

test('mixnet case (8): a mix sends requests and replies on in frames of one size and shape', () => {
  const { net, client } = startNetwork();
  for (let i = 0; i < 5; i++) {
    const box = makeBox(net);
    client.ask(box.homes[0], { kind: 'put', record: box.record() });
  }
  const packets = net.seen.filter(({ bytes }) => (bytes[1] ?? 0) <= 4);
  const layers = new Set(packets.map(({ bytes }) => bytes[1]));
  assert.deepEqual([...layers].sort(), [1, 2, 3, 4]);
  for (const { bytes } of net.seen) {
    assert.equal(bytes.length, 12_288);
    assert.equal(bytes[0], 1);
  }
  assert.equal(packets.length, 5 * 8, 'four frames there and four back');
});
