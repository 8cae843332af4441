import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, keyOf, MINUTE } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import { seededRng } from '@tacet/testkit';
import { MARK, type Mark, packedMarks } from '@tacet/wire';
import { MAX_RECENT_MARKS } from '../../src/limits.ts';
import { RecentMarks } from '../../src/network/marks.ts';

const rng = seededRng('recent marks');
const [A, B] = [1, 2].map((n) => new Uint8Array(32).fill(n) as RelayHash) as [RelayHash, RelayHash];
const someMarks = (count: number) =>
  Array.from({ length: count }, () => rng.fill(new Uint8Array(MARK)) as Mark);

function drawn(marks: RecentMarks, edge: RelayHash, times = 400): Set<string> {
  return new Set(Array.from({ length: times }, () => hex(marks.draw(keyOf(edge)))));
}

test('marks are drawn of that edge alone, each of its digests and each mark of one', () => {
  const marks = new RecentMarks(rng);
  const [one, two, other] = [someMarks(4), someMarks(2), someMarks(8)];
  marks.add(A, 0, one, 0);
  marks.add(A, MINUTE, two, MINUTE);
  marks.add(B, 0, other, 0);
  const wanted = new Set([...one, ...two].map((mark) => hex(mark)));
  assert.deepEqual(drawn(marks, A).symmetricDifference(wanted), new Set());
  assert.equal(marks.draw(keyOf(A)).length, MARK);
});

test('what is older than five minutes, or more than is kept, is drawn no more', () => {
  const marks = new RecentMarks(rng);
  const [old, fresh] = [someMarks(4), someMarks(4)];
  marks.add(A, 0, old, 0);
  marks.add(A, 5 * MINUTE + 1, fresh, 5 * MINUTE + 1);
  const wanted = new Set(fresh.map((mark) => hex(mark)));
  assert.deepEqual(drawn(marks, A).symmetricDifference(wanted), new Set());
  const many = someMarks(MAX_RECENT_MARKS);
  marks.add(A, 5 * MINUTE + 2, many, 5 * MINUTE + 2);
  assert.equal(drawn(marks, A).intersection(wanted).size, 0);
});

test('a drawn mark may be changed and stays as it was', () => {
  const marks = new RecentMarks(rng);
  const [only] = someMarks(1);
  assert.ok(only !== undefined);
  marks.add(A, 0, [only], 0);
  marks.draw(keyOf(A)).fill(0);
  assert.deepEqual(marks.draw(keyOf(A)), only);
});

test('what the last five minutes named comes back as it was named', () => {
  const marks = new RecentMarks(rng);
  const [old, one, two] = [someMarks(4), someMarks(4), someMarks(2)];
  marks.add(A, 0, old, 0);
  marks.add(A, 3 * MINUTE, one, 3 * MINUTE);
  marks.add(B, 4 * MINUTE, two, 4 * MINUTE);
  assert.deepEqual(
    [...marks.recent(6 * MINUTE)],
    [
      { edge: A, marks: packedMarks(one) },
      { edge: B, marks: packedMarks(two) },
    ],
  );
});
