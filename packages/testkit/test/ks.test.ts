import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBetween, randomExponential } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { kolmogorovTail, twoSampleKs } from '../src/ks.ts';

const close = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

test('the tail of the Kolmogorov distribution has the values of printed tables', () => {
  // Critical values of the two-sided test: 10 %, 5 %, 1 %, 0.1 %.
  close(kolmogorovTail(1.2238), 0.1, 1e-4);
  close(kolmogorovTail(1.3581), 0.05, 1e-4);
  close(kolmogorovTail(1.6276), 0.01, 1e-4);
  close(kolmogorovTail(1.9495), 0.001, 1e-5);
  assert.equal(kolmogorovTail(0), 1);
  close(kolmogorovTail(0.5), 0.9639, 1e-4);
});

test('the distance is that of the step functions, ties counted once', () => {
  assert.equal(twoSampleKs([1, 2, 3, 4], [1, 2, 3, 4]).distance, 0);
  assert.equal(twoSampleKs([1, 2, 3, 4], [5, 6]).distance, 1);
  assert.equal(twoSampleKs([1, 1, 2, 2], [1, 2]).distance, 0);
  assert.equal(twoSampleKs([1, 2, 3, 4], [2.5, 3.5, 4.5, 5.5]).distance, 0.5);
  assert.throws(() => twoSampleKs([], [1]), RangeError);
});

test('samples of one distribution pass about as often as they should', () => {
  const rng = seededRng('ks one distribution');
  const draw = (): number[] => Array.from({ length: 600 }, () => randomExponential(rng, 10));
  let below = 0;
  for (let i = 0; i < 400; i++) if (twoSampleKs(draw(), draw()).p < 0.05) below++;
  assert.ok(below >= 8 && below <= 36, `${below} of 400 below 5 %`);
});

test('positive control: a shift of a third of the spread is found in 600 values', () => {
  const rng = seededRng('ks planted');
  const draw = (shift: number): number[] =>
    Array.from({ length: 600 }, () => shift + randomBetween(rng, 0, 3));
  let found = 0;
  for (let i = 0; i < 100; i++) if (twoSampleKs(draw(0), draw(1)).p < 0.01) found++;
  assert.equal(found, 100);
});

test('positive control: the same mean with another spread is found', () => {
  const rng = seededRng('ks spread');
  const draw = (half: number): number[] =>
    Array.from({ length: 600 }, () => randomBetween(rng, -half, half));
  assert.ok(twoSampleKs(draw(1), draw(2)).p < 1e-6);
});
