/** The first real thread: six processes, real packets over TLS, boxes written and read back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { compareBytes } from '@tacet/base';
import type { VerifiedDocument } from '@tacet/directory';
import { makeBox, randomMark, randomSeed } from './lib/boxes.ts';
import { PacketClient } from './lib/packet-client.ts';
import { ProcessNetwork } from './lib/processes.ts';

/** Quick rates, by the network document. */
const RATES = { slotMs: 100, inUseSlotMs: 50, digestMs: 300, delayMeanMs: 20 };

let network: ProcessNetwork;
let alice: PacketClient;
let bob: PacketClient;
let verified: VerifiedDocument;

before(async () => {
  network = await ProcessNetwork.create({ set: RATES });
  await network.startAll();
  alice = await PacketClient.join(network.card, 0);
  bob = await PacketClient.join(network.card, 1);
  verified = await alice.document();
  await bob.document();
});
after(async () => {
  alice?.close();
  bob?.close();
  await network?.close();
});

test('the document that reaches a client is the one of the card', () => {
  assert.equal(verified.document.networkName, 'e2e');
  assert.equal(verified.document.relays.length, 5);
  assert.equal(verified.document.parameters.crowd, false);
  // In the last minutes of an hour the next epoch's document may be there, too.
  assert.ok(bob.book.documents().some(({ hash }) => compareBytes(hash, verified.hash) === 0));
});

test('a box is stored, stays as it is, is announced and read on the other side', async () => {
  const seed = randomSeed();
  const box = makeBox(verified.document.networkId, 42, seed);
  const [first, second] = alice.home(box.mark);
  const put = await alice.ask(first, { kind: 'put', record: box.record });
  assert.equal(put.answer.status, 'stored');
  assert.ok(put.tookMs >= put.drawnMs, 'no wait that was drawn is cut short');
  const copy = await alice.ask(second, { kind: 'put', record: box.record });
  assert.equal(copy.answer.status, 'stored');
  const again = await alice.ask(first, { kind: 'put', record: box.record });
  assert.equal(again.answer.status, 'stored');
  const other = makeBox(verified.document.networkId, 43, seed);
  const taken = await alice.ask(first, { kind: 'put', record: other.record });
  assert.equal(taken.answer.status, 'taken');

  await bob.until(() => bob.hasSeen(box.mark));
  await alice.until(() => alice.hasSeen(box.mark));
  for (const edge of [first, second]) {
    const marks = [randomMark(), box.mark, randomMark()] as const;
    const { answer } = await bob.ask(edge, { kind: 'get', marks, waitMs: 0 });
    assert.equal(box.read(answer), 42);
  }
});

test('what is not there is answered in the same form', async () => {
  const box = makeBox(verified.document.networkId, 1);
  const [first] = bob.home(box.mark);
  const marks = [box.mark, randomMark(), randomMark()] as const;
  const { answer } = await bob.ask(first, { kind: 'get', marks, waitMs: 0 });
  assert.equal(answer.status, 'read');
  assert.equal(box.read(answer), null);
});

test('a read that waits is answered when the box comes', async () => {
  const box = makeBox(verified.document.networkId, 7);
  const [first] = bob.home(box.mark);
  const marks = [randomMark(), randomMark(), box.mark] as const;
  const waiting = bob.ask(first, { kind: 'get', marks, waitMs: 30_000 });
  await new Promise((resolve) => setTimeout(resolve, 600));
  await alice.ask(first, { kind: 'put', record: box.record });
  const { answer, tookMs } = await waiting;
  assert.equal(box.read(answer), 7);
  assert.ok(tookMs > 600 && tookMs < 20_000);
});

test('a record at the wrong edge, or with a broken signature, is refused', async () => {
  const box = makeBox(verified.document.networkId, 8);
  const [first] = alice.home(box.mark);
  const record = box.record.slice() as typeof box.record;
  record[200] = (record[200] ?? 0) ^ 1;
  const { answer } = await alice.ask(first, { kind: 'put', record });
  assert.equal(answer.status, 'refused');
});

test('kill -9 of an edge: what it acknowledged is there, clients come back', async () => {
  const boxes = Array.from({ length: 5 }, (_, i) => makeBox(verified.document.networkId, 100 + i));
  const [first] = alice.home(boxes[0]?.mark ?? randomMark());
  const edges = network.description.processes.filter(({ role }) => role === 'edge');
  const own = alice.card.edges.findIndex(({ address }) =>
    edges.some(({ ports }) => address.endsWith(`:${ports[1]}`)),
  );
  assert.ok(own >= 0);
  for (const box of boxes) {
    const [edge] = alice.home(box.mark);
    const { answer } = await alice.ask(edge, { kind: 'put', record: box.record });
    assert.equal(answer.status, 'stored');
  }
  assert.ok(first);
  for (const { name } of edges) {
    await network.end(name, 'SIGKILL');
    network.start(name);
  }
  for (const { name } of edges) await network.ready(name);
  bob.close();
  bob = await PacketClient.join(network.card, 1);
  await bob.document();
  for (const [i, box] of boxes.entries()) {
    const [edge] = bob.home(box.mark);
    const marks = [box.mark, randomMark(), randomMark()] as const;
    const { answer } = await bob.ask(edge, { kind: 'get', marks, waitMs: 0 });
    assert.equal(box.read(answer), 100 + i);
  }
});

test('the admin socket says ready and counts; no process had anything to complain of', async () => {
  for (const name of network.names) {
    assert.equal((await network.admin(name, '/livez')).status, 200);
    assert.deepEqual(await network.admin(name, '/readyz'), {
      status: 200,
      body: { ready: true, missing: [], authorities: 1 },
    });
  }
  const mix = await network.counters('mix-2');
  const count = (name: string): number => mix[name] ?? 0;
  assert.ok(count('sent') > 20);
  // What came in or was made here has left, has ended here, or still waits in the pool.
  const waiting = count('received') + count('loop-made') - count('sent') - count('loop-back');
  assert.ok(waiting >= 0 && waiting < 60, `${waiting} packets`);
  const drops = Object.keys(mix).filter((name) => /^(packet-|next-|shed|misplaced)/.test(name));
  assert.deepEqual(drops, []);
  // A busy machine may take its time to start.
  const complaints = network.warnings.filter((line) => !line.includes('not ready yet'));
  assert.deepEqual(complaints, []);
});

test('SIGTERM ends every process with 0', async () => {
  const codes = await network.close();
  assert.deepEqual([...new Set(Object.values(codes))], [0]);
});
