import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareBytes, equalBytes } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import { type Digest, type Mark, type SignedDigest, signDigest } from '@tacet/wire';
import { DigestDoubts } from '../../src/edge/digest-doubts.ts';
import { DigestNumbers } from '../../src/edge/digest-numbers.ts';
import { DigestPeers } from '../../src/edge/digest-peers.ts';
import { bytes, makeEdge, mark } from '../support/edge.ts';

type Edge = ReturnType<typeof makeEdge>;
const edges = () => makeEdge({ network: { edges: 3 } });

function foreign(edge: Edge, place: 1 | 2, change: Partial<Digest> = {}): SignedDigest {
  const other = edge.network.edges[place] ?? assert.fail();
  const { networkId, parameters } = edge.network.document;
  const marks: Mark[] = Array.from({ length: 64 }, mark).sort(compareBytes);
  const number = Math.floor(edge.now / parameters.digestMs);
  const previous = new Uint8Array(32);
  const digest: Digest = { edge: other.hash, number, previous, seen: [], marks, ...change };
  return signDigest(other.identity, digest, networkId);
}

test('rule 2.4: a digest that does not name its neighbour before it is evidence, in any order', () => {
  for (const backwards of [false, true]) {
    const edge = edges();
    const number = Math.floor(edge.now / edge.network.parameters.digestMs);
    const one = foreign(edge, 1, { number: number - 1 });
    const two = foreign(edge, 1, { number, previous: foreign(edge, 1).hash });
    const order = backwards ? [two, one] : [one, two];
    for (const { bytes } of order) edge.machine.onDigest(bytes, edge.now);
    assert.equal(edge.counters()['digest-taken'], 1);
    assert.equal(edge.counters()['digest-fork'], 1);
    assert.deepEqual(edge.machine.forks, [order.map(({ bytes }) => bytes)]);
  }
});

test('a chain that holds, gaps, and an edge that starts anew are no evidence', () => {
  const edge = edges();
  const number = Math.floor(edge.now / edge.network.parameters.digestMs) - 10;
  const one = foreign(edge, 1, { number });
  const two = foreign(edge, 1, { number: number + 1, previous: one.hash });
  const gap = foreign(edge, 1, { number: number + 4, previous: two.hash });
  const anew = foreign(edge, 1, { number: number + 6 });
  for (const { bytes } of [two, gap, anew, one]) edge.machine.onDigest(bytes, edge.now);
  assert.equal(edge.counters()['digest-taken'], 4);
  assert.deepEqual(edge.machine.forks, []);
});

test('one edge cannot crowd out the evidence against another', () => {
  const edge = edges();
  for (let i = 0; i < 300; i++) edge.machine.onDigest(foreign(edge, 1).bytes, edge.now);
  for (let i = 0; i < 2; i++) edge.machine.onDigest(foreign(edge, 2).bytes, edge.now);
  assert.equal(edge.machine.forks.length, 2);
});

test('a hash nobody here has seen makes an edge send what it holds instead, once', () => {
  const edge = edges();
  const { digestMs } = edge.network.parameters;
  const [, b, c] = edge.network.edges;
  assert.ok(b && c);
  const told = foreign(edge, 1);
  const other = foreign(edge, 1);
  edge.machine.onDigest(told.bytes, edge.now);
  const witness = foreign(edge, 2, { seen: [{ edge: b.hash, hash: other.hash }] });
  edge.machine.onDigest(witness.bytes, edge.now);
  edge.run(3 * digestMs);
  assert.equal(edge.counters()['digest-doubt'], 1);
  const sent = edge.ofKind('digest').filter(({ digest }) => equalBytes(digest.digest.edge, b.hash));
  assert.deepEqual(
    sent.map(({ to, digest }) => [to, digest.bytes]),
    [[c.hash, told.bytes]],
  );
  // The witness does the same: now both sides are here.
  edge.machine.onDigest(other.bytes, edge.now);
  assert.deepEqual(edge.machine.forks, [[told.bytes, other.bytes]]);
});

test('a digest that comes later than word of it leaves no doubt', () => {
  const edge = edges();
  const [, b] = edge.network.edges;
  assert.ok(b);
  const number = Math.floor(edge.now / edge.network.parameters.digestMs);
  const old = foreign(edge, 1, { number: number - 1 });
  const late = foreign(edge, 1, { number, previous: old.hash });
  edge.machine.onDigest(old.bytes, edge.now);
  edge.machine.onDigest(
    foreign(edge, 2, { seen: [{ edge: b.hash, hash: late.hash }] }).bytes,
    edge.now,
  );
  edge.machine.onDigest(late.bytes, edge.now);
  edge.run(20_000);
  assert.equal(edge.counters()['digest-doubt'] ?? 0, 0);
});

test('doubts are bounded, whatever others say they have seen', () => {
  const edge = edges();
  const { networkId, parameters } = edge.network.document;
  const [, b, c] = edge.network.edges;
  assert.ok(b && c);
  edge.machine.onDigest(foreign(edge, 1).bytes, edge.now);
  const number = Math.floor(edge.now / parameters.digestMs);
  for (let i = 0; i < 50; i++) {
    const digest = foreign(edge, 2, {
      number: number - 2 * i,
      seen: [{ edge: b.hash, hash: foreign(edge, 1).hash }],
    });
    edge.machine.onDigest(digest.bytes, edge.now);
  }
  edge.run(parameters.digestMs * 3);
  assert.equal(edge.counters()['digest-doubt'], 1, 'one for each pair of edges and period');
  assert.ok(networkId);
});

/** A digest of an edge with a random hash; nobody looks at its signature any more. */
function heard(edge: RelayHash, seen: Digest['seen'] = []): SignedDigest {
  const digest: Digest = { edge, number: 7, previous: bytes(32), seen, marks: [] };
  return { digest, hash: bytes(32), bytes: bytes(1) };
}

test('evidence is kept against 128 edges, doubts of 256 pairs of edges', () => {
  const peers = new DigestPeers();
  const all = Array.from({ length: 200 }, () => bytes(32) as RelayHash);
  for (const edge of all) {
    assert.equal(peers.take(heard(edge), 0), 'taken');
    assert.equal(peers.take(heard(edge), 0), 'fork');
  }
  assert.equal(peers.forks.length, 128);
  const doubts = new DigestDoubts(peers, bytes(32) as RelayHash);
  for (const edge of all.slice(0, 3)) {
    doubts.hear(
      heard(
        edge,
        all.slice(3).map((other) => ({ edge: other, hash: bytes(32) })),
      ),
    );
  }
  assert.equal(doubts.settle().length, 256);
  assert.equal(doubts.settle().length, 0);
});

test('no number is signed twice, and none beside one it does not continue', () => {
  const numbers = new DigestNumbers();
  const next = (wanted: number) => numbers.next(wanted, wanted - 720, wanted + 60);
  const taken = [100, 101, 102].map(next);
  assert.deepEqual(taken, [100, 101, 102]);
  assert.equal(next(160), 160);
  assert.equal(next(161), 161);
  // Set back by five minutes: 103 would stand beside 102 without continuing it.
  assert.equal(next(103), 104);
  assert.equal(next(104), 105);
  // Set back by seconds: goes on where it was.
  assert.equal(next(104), 106);
  assert.equal(next(158), 158);
  // 159 would stand before 160, which does not continue it.
  assert.equal(next(159), 163);
  assert.equal(numbers.next(100, 0, 101), null, 'too far ahead of the clock');
});
