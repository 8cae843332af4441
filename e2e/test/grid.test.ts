import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitGrid, intervals, quantile } from '../rhythm/grid.ts';

test('frames on the grid are late by what they are late', () => {
  const { lateness, missed } = fitGrid([3, 100, 205, 301, 400], 100);
  assert.deepEqual(lateness, [3, 0, 5, 1, 0]);
  assert.equal(missed, 0);
});

test('a frame later than a whole period is late, and its slot is not left out', () => {
  const instants = [0, 100, 350, 351, 400, ...Array.from({ length: 30 }, (_, i) => 500 + i * 100)];
  const { lateness, missed } = fitGrid(instants, 100);
  assert.deepEqual(lateness.slice(0, 6), [0, 0, 150, 51, 0, 0]);
  assert.equal(missed, 0);
});

test('slots left out are counted, and nothing after them is late', () => {
  const instants = Array.from({ length: 60 }, (_, i) => (i < 30 ? i : i + 2) * 100);
  const { lateness, missed } = fitGrid(instants, 100);
  assert.equal(missed, 2);
  assert.ok(lateness.every((ms) => ms === 0));
});

test('a frame too many shows', () => {
  const instants = Array.from({ length: 60 }, (_, i) => (i < 30 ? i : i - 1) * 100);
  assert.equal(fitGrid(instants, 100).missed, 1);
});

test('positive control: frames off the grid are far from it', () => {
  // Random moments, one in each period.
  const instants = Array.from({ length: 100 }, (_, i) => i * 100 + ((i * 37) % 90));
  assert.ok(quantile(fitGrid(instants, 100).lateness, 0.5) > 20);
  // Another period.
  assert.ok(
    fitGrid(
      instants.map((at) => at * 1.3),
      100,
    ).missed > 20,
  );
});

test('intervals and quantiles', () => {
  assert.deepEqual(intervals([1, 4, 9]), [3, 5]);
  assert.equal(quantile([5, 1, 3], 0.5), 3);
  assert.equal(quantile([5, 1, 3], 1), 5);
});
