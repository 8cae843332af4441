import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, randomBytes } from '@tacet/base';
import type { RelayHash, StoreGeneration } from '@tacet/directory';
import { seededRng } from '@tacet/testkit';
import fc from 'fast-check';
import { nextGenerations, type StoreEdge } from '../../src/authority/generations.ts';

const rng = seededRng('generations');
const edges: StoreEdge[] = Array.from({ length: 6 }, (_, i) => ({
  hash: randomBytes(rng, 32) as RelayHash,
  family: `family ${i}`,
  country: `A${'ABCDEF'[i]}`,
}));
const some = (...places: number[]) => places.map((i) => edges[i] as StoreEdge);
const days = (list: readonly StoreGeneration[]) => list.map((one) => one.firstDay);

test('the first list holds all edges, sorted, each with its family', () => {
  const [first, ...others] = nextGenerations([], some(3, 1, 2), 100);
  assert.equal(others.length, 0);
  assert.equal(first?.firstDay, 100);
  const expected = some(1, 2, 3).toSorted((a, b) => Buffer.compare(a.hash, b.hash));
  assert.deepEqual(
    first?.edges,
    expected.map((edge) => edge.hash),
  );
  assert.deepEqual(
    first?.families,
    expected.map((edge) => edge.family),
  );
  assert.deepEqual(
    first?.countries,
    expected.map((edge) => edge.country),
  );
});

test('the same edges, in whatever order, make no new list', () => {
  const first = nextGenerations([], some(0, 1), 100);
  assert.equal(nextGenerations(first, some(1, 0), 200), first);
});

test('a changed list waits for the seventh day', () => {
  const first = nextGenerations([], some(0, 1), 100);
  assert.equal(nextGenerations(first, some(0, 1, 2), 106), first);
  const second = nextGenerations(first, some(0, 1, 2), 107);
  assert.deepEqual(days(second), [107, 100]);
});

test('at most four lists are alive', () => {
  let list = nextGenerations([], some(0), 0);
  for (let i = 1; i < 6; i++) list = nextGenerations(list, some(0, i), 7 * i);
  assert.deepEqual(days(list), [35, 28, 21, 14]);
});

test('a list none of whose edges is left is replaced at once', () => {
  const first = nextGenerations([], some(0, 1), 100);
  assert.deepEqual(days(nextGenerations(first, some(2, 3), 101)), [101, 100]);
  const sameDay = nextGenerations(first, some(2, 3), 100);
  assert.deepEqual(days(sameDay), [100]);
  assert.deepEqual(
    sameDay[0]?.edges.map(hex).toSorted(),
    some(2, 3)
      .map((edge) => hex(edge.hash))
      .toSorted(),
  );
});

test('whatever edges come and go, lists stay in order and few', () => {
  const steps = fc.array(fc.tuple(fc.subarray(edges, { minLength: 1 }), fc.nat(9)), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(steps, (walk) => {
      let list: readonly StoreGeneration[] = [];
      let day = 0;
      for (const [present, later] of walk) {
        day += later;
        const before = list;
        list = nextGenerations(list, present, day);
        assert.ok(list.length >= 1 && list.length <= 4);
        const order = days(list);
        assert.deepEqual(
          order,
          [...new Set(order)].toSorted((a, b) => b - a),
        );
        assert.ok((order[0] ?? 0) <= day);
        const reachable = list[0]?.edges.some((edge) => present.some((one) => one.hash === edge));
        assert.ok(reachable, 'some edge of the newest list can be reached');
        if (list !== before) assert.equal(list[0]?.edges.length, present.length);
      }
    }),
    { numRuns: Number(process.env['FC_RUNS'] ?? 100) },
  );
});
