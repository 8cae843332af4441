import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareBytes, equalBytes } from '@tacet/base';
import {
  type BroadcastItem,
  BroadcastReader,
  type Digest,
  MAX_DIGEST_MARKS,
  type Mark,
  markKey,
  type SignedDigest,
  signDigest,
  verifyDigest,
} from '@tacet/wire';
import { bytes, makeEdge, mark } from '../support/edge.ts';

type Edge = ReturnType<typeof makeEdge>;
const twoEdges = () => makeEdge({ network: { edges: 3 } });
const sortedMarks = (n: number): Mark[] => Array.from({ length: n }, mark).sort(compareBytes);

/** A digest of the other edge with that place in the network. */
function foreign(edge: Edge, place: 1 | 2, change: Partial<Digest> = {}): SignedDigest {
  const other = edge.network.edges[place] ?? assert.fail();
  const { networkId, parameters } = edge.network.document;
  const digest: Digest = {
    edge: other.hash,
    number: Math.floor(edge.now / parameters.digestMs),
    previous: new Uint8Array(32),
    seen: [],
    marks: sortedMarks(64),
    ...change,
  };
  return signDigest(other.identity, digest, networkId);
}

function broadcast(edge: Edge, link: number): BroadcastItem[] {
  const reader = new BroadcastReader();
  return edge
    .ofKind('down')
    .filter((effect) => effect.link === link)
    .flatMap(({ frame }) => reader.take(frame.broadcast));
}

test('rule 2.4: digests are made on one fixed clock, chained, and sent to every other edge', () => {
  const edge = twoEdges();
  const { digestMs } = edge.network.parameters;
  edge.run(11 * digestMs);
  const sent = edge.ofKind('digest');
  assert.equal(sent.length, 20);
  const own = sent.filter(({ to }) => to === sent[0]?.to).map(({ digest }) => digest);
  for (const [i, { digest, bytes: signed, hash }] of own.entries()) {
    assert.equal(digest.number, Math.floor(edge.network.document.publishedAt / digestMs) + 2 + i);
    assert.deepEqual(digest.previous, own[i - 1]?.hash ?? new Uint8Array(32));
    assert.deepEqual(verifyDigest(signed, edge.network.verified)?.hash, hash);
    assert.equal(digest.marks.length, 64);
  }
});

test('mixnet case (32): marks are padded with random ones to a multiple of 64, sorted', () => {
  const edge = makeEdge();
  const { digestMs } = edge.network.parameters;
  for (const [filled, padded] of [
    [0, 64],
    [1, 64],
    [64, 64],
    [65, 128],
    [130, 192],
  ] as const) {
    edge.hello(filled + 1);
    edge.run(digestMs - (edge.now % digestMs) + 1);
    const boxes = Array.from({ length: filled }, () => edge.box());
    for (const box of boxes) edge.request({ kind: 'put', record: box.record });
    edge.run(3 * digestMs);
    const digests = broadcast(edge, filled + 1)
      .filter(({ kind }) => kind === 'digest')
      .map((item) => verifyDigest(item.bytes, edge.network.verified)?.digest ?? assert.fail());
    const sizes = new Set(digests.map(({ marks }) => marks.length));
    assert.ok(sizes.has(padded), `${filled} filled: ${[...sizes]}`);
    for (const size of sizes) assert.ok([64, 128, 192].includes(size));
    const all = new Set(digests.flatMap(({ marks }) => marks.map(markKey)));
    for (const box of boxes) assert.ok(all.has(markKey(box.mark)));
  }
});

test('a repeated PUT stands in no second digest', () => {
  const edge = twoEdges();
  const box = edge.box();
  const { digestMs } = edge.network.parameters;
  const homes = edge.network.edges.length;
  assert.equal(homes, 3);
  for (let i = 0; i < 5; i++) {
    edge.request({ kind: 'put', record: box.record });
    edge.run(digestMs);
  }
  const first = edge.ofKind('digest')[0]?.to;
  const own = edge.ofKind('digest').filter(({ to }) => to === first);
  const holding = own.filter(({ digest }) =>
    digest.digest.marks.some((one) => equalBytes(one, box.mark)),
  );
  const here = box.homes.some((home) => equalBytes(home, edge.self));
  assert.equal(holding.length, here ? 1 : 0);
});

test('more boxes than a digest holds wait for the next ones; too many are counted', () => {
  const edge = twoEdges();
  const publisher = Reflect.get(edge.machine, 'publisher') as { fill(mark: Mark): void };
  for (let i = 0; i < MAX_DIGEST_MARKS + 10; i++) publisher.fill(mark());
  edge.run(3 * edge.network.parameters.digestMs);
  const first = edge.ofKind('digest')[0]?.to;
  const own = edge.ofKind('digest').filter(({ to }) => to === first);
  assert.deepEqual(
    own.map(({ digest }) => digest.digest.marks.length),
    [MAX_DIGEST_MARKS, 64],
  );
  const small = makeEdge({ limits: { marksPending: 2 } });
  const fill = Reflect.get(small.machine, 'publisher') as { fill(mark: Mark): void };
  for (let i = 0; i < 5; i++) fill.fill(mark());
  assert.equal(small.counters()['digest-marks-full'], 3);
});

test('mixnet case (32): another edge’s digest goes to all clients as it came', () => {
  const edge = twoEdges();
  edge.hello(1);
  edge.hello(2);
  const digest = foreign(edge, 1);
  edge.machine.onDigest(digest.bytes, edge.now);
  edge.run(2 * edge.network.parameters.digestMs);
  for (const link of [1, 2]) {
    const items = broadcast(edge, link);
    assert.equal(items.filter((item) => equalBytes(item.bytes, digest.bytes)).length, 1);
  }
  assert.equal(edge.counters()['digest-taken'], 1);
});

test('an own digest names the newest seen of every other edge', () => {
  const edge = twoEdges();
  const { digestMs } = edge.network.parameters;
  const one = foreign(edge, 1);
  const two = foreign(edge, 2);
  const older = foreign(edge, 2, { number: two.digest.number - 1 });
  for (const digest of [one, two, older]) edge.machine.onDigest(digest.bytes, edge.now);
  edge.run(2 * digestMs);
  const { seen } = edge.ofKind('digest')[0]?.digest.digest ?? assert.fail();
  const expected = [one, two]
    .map(({ digest, hash }) => ({ edge: digest.edge, hash }))
    .sort((a, b) => compareBytes(a.edge, b.edge));
  assert.deepEqual(seen, expected);
});

test('two digests of one edge for one number are kept as evidence, and the second is not told', () => {
  const edge = twoEdges();
  edge.hello(1);
  const one = foreign(edge, 1);
  const two = foreign(edge, 1);
  edge.machine.onDigest(one.bytes, edge.now);
  edge.machine.onDigest(one.bytes, edge.now);
  edge.machine.onDigest(two.bytes, edge.now);
  edge.run(2 * edge.network.parameters.digestMs);
  assert.equal(edge.counters()['digest-known'], 1);
  assert.equal(edge.counters()['digest-fork'], 1);
  const [pair] = edge.machine.forks;
  assert.deepEqual(pair, [one.bytes, two.bytes]);
  assert.ok(!broadcast(edge, 1).some((item) => equalBytes(item.bytes, two.bytes)));
});

test('what is not a fresh digest of another edge is dropped with a reason', () => {
  const edge = twoEdges();
  const { digestMs } = edge.network.parameters;
  const good = foreign(edge, 1);
  const bent = good.bytes.slice();
  bent[200] = (bent[200] as number) ^ 1;
  const { digest } = foreign(edge, 1);
  const { networkId } = edge.network.document;
  const own = signDigest(edge.identity, { ...digest, edge: edge.self }, networkId);
  const mix = edge.network.mixes[0] ?? assert.fail();
  const notEdge = signDigest(mix.identity, { ...digest, edge: mix.hash }, networkId);
  const stranger = signDigest(edge.identity, { ...digest, edge: mix.hash }, networkId);
  for (const { bytes: wrong } of [{ bytes: bent }, own, notEdge, stranger, { bytes: bytes(300) }]) {
    edge.machine.onDigest(wrong, edge.now);
  }
  assert.equal(edge.counters()['digest-invalid'], 5);
  const number = digest.number;
  const late = foreign(edge, 1, { number: number + Math.ceil(310_000 / digestMs) });
  const old = foreign(edge, 1, { number: number - Math.ceil(3_700_000 / digestMs) });
  edge.machine.onDigest(late.bytes, edge.now);
  edge.machine.onDigest(old.bytes, edge.now);
  assert.equal(edge.counters()['digest-early'], 1);
  assert.equal(edge.counters()['digest-old'], 1);
});

test('after sleep there is one digest, not one for each moment slept through', () => {
  const edge = twoEdges();
  edge.run(5_000);
  const before = edge.ofKind('digest').length;
  edge.jump(edge.now + 300_000);
  edge.machine.advance(edge.now);
  edge.run(0);
  assert.equal(edge.ofKind('digest').length, before + 2);
});

test('after a start one number is left out, so that readers notice what may have been lost', () => {
  const edge = twoEdges();
  const { digestMs } = edge.network.parameters;
  const startedIn = Math.floor(edge.now / digestMs);
  edge.run(3 * digestMs);
  assert.equal(edge.ofKind('digest')[0]?.digest.digest.number, startedIn + 2);
});
