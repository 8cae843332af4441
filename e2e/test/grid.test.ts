import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitGrid, intervals, quantile } from '../rhythm/grid.ts';

test('frames on the grid are late by what they are late', () => {
  const { lateness, missed, doubled } = fitGrid([3, 100, 205, 301, 400], 100);
  assert.deepEqual(lateness, [3, 0, 5, 1, 0]);
  assert.deepEqual([missed, doubled], [0, 0]);
});

test('a slot left out and a slot used twice are counted', () => {
  const fit = fitGrid([0, 100, 300, 310, 400], 100);
  assert.deepEqual([fit.missed, fit.doubled], [1, 1]);
});

test('positive control: frames off the grid are far from it', () => {
  const { lateness } = fitGrid([0, 130, 260, 390, 520, 650], 100);
  assert.ok(quantile(lateness, 0.5) > 20);
});

test('intervals and quantiles', () => {
  assert.deepEqual(intervals([1, 4, 9]), [3, 5]);
  assert.equal(quantile([5, 1, 3], 0.5), 3);
  assert.equal(quantile([5, 1, 3], 1), 5);
});
