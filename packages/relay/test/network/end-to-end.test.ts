import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, dayOf, equalBytes } from '@tacet/base';
import { makeTestNetwork, TEST_NOW } from '@tacet/testkit';
import { markKey, openRecord, signTombstone } from '@tacet/wire';
import { makeBox, randomMark, TestClient } from '../support/test-client.ts';
import { type EdgeNode, VirtualNetwork } from '../support/virtual-network.ts';

const network = makeTestNetwork({ seed: 'end to end' });
const { networkId } = network.document;

function start(loops = false): { net: VirtualNetwork; anna: TestClient; bob: TestClient } {
  const net = new VirtualNetwork(network, TEST_NOW, {}, loops);
  const [first, second] = net.edges as [EdgeNode, EdgeNode];
  const anna = new TestClient(net, first, { link: 1 });
  const bob = new TestClient(net, second, { link: 1 });
  net.run(net.now + 2_000);
  return { net, anna, bob };
}

test('a box written by one person is read by another, through six mixes and two edges', () => {
  const { net, anna, bob } = start();
  const box = makeBox(net);
  const stored = anna.ask(box.homes[0], { kind: 'put', record: box.record() });
  assert.deepEqual(stored.answer, { status: 'stored', expiryDay: dayOf(net.now) + 21 });

  const marks = [randomMark(), box.mark, randomMark()] as const;
  const { answer } = bob.ask(box.homes[0], { kind: 'get', waitMs: 0, marks });
  assert.ok(answer.status === 'read');
  const [a, b, c] = answer.records;
  assert.equal(openRecord(box, networkId, a), null);
  assert.equal(openRecord(box, networkId, c), null);
  assert.deepEqual(openRecord(box, networkId, b)?.[0], 7);
});

test('first write wins, an identical repeat is a success, a misplaced or forged box is refused', () => {
  const { net, anna } = start();
  const box = makeBox(net);
  const put = (record = box.record()) => anna.ask(box.homes[0], { kind: 'put', record }).answer;
  assert.equal(put().status, 'stored');
  assert.equal(put().status, 'stored');
  assert.equal(put(box.record(8)).status, 'taken');
  const forged = box.record();
  forged[100] = (forged[100] as number) ^ 1;
  assert.equal(put(forged).status, 'refused');
});

test('the filled box stands in the next digest, which clients of every edge get', () => {
  const { net, anna, bob } = start();
  const box = makeBox(net);
  anna.ask(box.homes[0], { kind: 'put', record: box.record() });
  net.run(net.now + 3_000);
  for (const client of [anna, bob]) assert.ok(client.marks.has(markKey(box.mark)));
  const settled = Math.floor(net.now / network.parameters.digestMs) - 1;
  const lists = [anna, bob].map((client) =>
    client.digests
      .filter(({ digest }) => digest.number <= settled)
      .map(({ bytes }) => Buffer.from(bytes).toString('hex'))
      .sort(),
  );
  assert.deepEqual(lists[0], lists[1], 'the same bytes for everybody');
});

test('a standing read is answered when its box is filled, and by nothing else', () => {
  const { net, anna, bob } = start();
  const box = makeBox(net);
  const marks = [box.mark, randomMark(), randomMark()] as const;
  const { frame, result } = bob.packet(box.homes[0], { kind: 'get', waitMs: 120_000, marks });
  bob.send(frame);
  net.run(net.now + 20_000);
  assert.equal(result.length, 0);
  const other = makeBox(net);
  anna.ask(other.homes[0], { kind: 'put', record: other.record() });
  net.run(net.now + 5_000);
  assert.equal(result.length, 0);
  anna.ask(box.homes[0], { kind: 'put', record: box.record() });
  net.run(net.now + 5_000);
  const { answer } = result[0] ?? assert.fail('no answer');
  assert.ok(answer.status === 'read');
  assert.ok(openRecord(box, networkId, answer.records[0]));
});

test('a standing read whose box never comes is answered empty at its end', () => {
  const { net, bob } = start();
  const marks = [randomMark(), randomMark(), randomMark()] as const;
  const to = net.edges[0]?.relay.hash ?? assert.fail();
  const sent = net.now;
  const answered = bob.ask(to, { kind: 'get', waitMs: 40_000, marks }, 60_000);
  assert.equal(answered.answer.status, 'read');
  assert.ok(answered.at - sent >= 40_000 && answered.at - sent < 50_000);
});

test('rule 2.4: a tombstone takes effect with the next day, and changes no answer before', () => {
  const { net, anna } = start();
  const box = makeBox(net);
  const home = box.homes[0];
  anna.ask(home, { kind: 'put', record: box.record() });
  const signature = signTombstone(box.seed, networkId);
  const gone = anna.ask(home, { kind: 'tombstone', id: box.id, signature });
  assert.deepEqual(gone.answer, { status: 'stored', expiryDay: dayOf(net.now) + 1 });
  const forged = signTombstone(box.key, networkId);
  const no = anna.ask(home, { kind: 'tombstone', id: box.id, signature: forged });
  assert.equal(no.answer.status, 'refused');

  const marks = [box.mark, box.mark, box.mark] as const;
  const read = () => {
    const { answer } = anna.ask(home, { kind: 'get', waitMs: 0, marks });
    assert.ok(answer.status === 'read');
    return openRecord(box, networkId, answer.records[0]);
  };
  assert.ok(read(), 'still there today');
  const edge = net.edges.find((one) => equalBytes(one.relay.hash, home)) ?? assert.fail();
  // The day's drop, without moving every clock past the keys of this test's epochs.
  edge.boxes.execute({ kind: 'expire', today: dayOf(net.now + DAY) });
  assert.equal(read(), null);
  assert.equal(anna.ask(home, { kind: 'put', record: box.record() }).answer.status, 'stored');
  assert.equal(anna.ask(home, { kind: 'put', record: box.record(9) }).answer.status, 'taken');
  assert.equal(read(), null);
});

test('rule 2.4: edges send each other digests on the clock and nothing else', () => {
  const { net, anna, bob } = start();
  for (let i = 0; i < 5; i++) {
    const box = makeBox(net);
    for (const home of box.homes) anna.ask(home, { kind: 'put', record: box.record() });
    bob.ask(box.homes[1], { kind: 'get', waitMs: 0, marks: [box.mark, box.mark, box.mark] });
  }
  const edges = net.edges.map(({ relay }) => relay.hash);
  const isEdge = (hash: Uint8Array): boolean => edges.some((edge) => equalBytes(edge, hash));
  const between = net.seen.filter(({ from, to }) => isEdge(from) && isEdge(to));
  assert.ok(between.length > 10);
  for (const { at, bytes } of between) {
    assert.equal(bytes[1], 0xf3, 'a digest frame');
    assert.equal(at % network.parameters.digestMs, 0);
  }
  const instants = Map.groupBy(between, ({ at }) => at);
  for (const frames of instants.values()) assert.equal(frames.length, 2, 'one each way');
});

test('documents come round in the broadcast field until a newcomer has one', () => {
  const { net, anna } = start();
  net.run(net.now + 30_000);
  assert.ok(anna.documents.length >= 1);
  assert.deepEqual(anna.documents[0], network.documentBytes);
});

test('every drop has a reason: nothing was dropped in a network in which nothing is wrong', () => {
  const { net, anna, bob } = start(true);
  for (let i = 0; i < 5; i++) {
    const box = makeBox(net);
    anna.ask(box.homes[0], { kind: 'put', record: box.record() });
    bob.ask(box.homes[1], { kind: 'get', waitMs: 0, marks: [box.mark, box.mark, box.mark] });
  }
  const fine =
    /^(received|sent|up|link-opened|put|get|answered|reply-queued|digest-(made|taken)|loop-(made|back))$/;
  for (const { machine } of [...net.mixes, ...net.edges]) {
    const odd = Object.keys(machine.counters.snapshot()).filter((name) => !fine.test(name));
    assert.deepEqual(odd, []);
  }
});
