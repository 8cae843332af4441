import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, quantile } from '../src/quantile.ts';

test('a quantile is a value of the sample: below it lies that share, the largest for all', () => {
  const values = [5, 1, 3, 10];
  assert.deepEqual(
    [0, 0.25, 0.49, 0.5, 0.99, 1].map((q) => quantile(values, q)),
    [1, 3, 3, 5, 10, 10],
  );
  assert.deepEqual(values, [5, 1, 3, 10], 'stays in its order');
  assert.equal(quantile(Float64Array.of(5, 1, 3), 1), 5);
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([7]), 7);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});
