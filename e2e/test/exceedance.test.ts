/** The test that compares late texts of two times. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomUnit } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { chanceOf, exceedance } from '../operator/exceedance.ts';

test('its chances are those of dealing values out at random', () => {
  // Of 3 calm and 2 others there are ten orders; the largest calm one is exceeded by at least one
  // in those whose largest is another (4 of 10), by both in one.
  assert.ok(Math.abs(chanceOf(1, 1, 3, 2) - 0.4) < 1e-9);
  assert.ok(Math.abs(chanceOf(2, 1, 3, 2) - 0.1) < 1e-9);
  assert.equal(chanceOf(0, 1, 3, 2), 1);
  const rng = seededRng('exceedance');
  const [runs, r, n, m, least] = [1_000, 3, 200, 120, 4];
  let seen = 0;
  for (let i = 0; i < runs; i++) {
    const draw = (count: number) => Array.from({ length: count }, () => randomUnit(rng));
    const calm = draw(n).sort((a, b) => b - a);
    if (draw(m).filter((value) => value > (calm[r - 1] ?? 1)).length >= least) seen++;
  }
  const expected = chanceOf(least, r, n, m);
  const deviation = Math.sqrt((expected * (1 - expected)) / runs);
  assert.ok(Math.abs(seen / runs - expected) < 4 * deviation, `${seen / runs}, not ${expected}`);
});

test('the same times pass, a few late texts pass, one in twenty delayed does not', () => {
  const rng = seededRng('late');
  const calm = Array.from({ length: 720 }, () => 1 + randomUnit(rng));
  const same = Array.from({ length: 420 }, () => 1 + randomUnit(rng));
  assert.ok(exceedance(calm, same).chance > 0.001);
  const felt = same.map((value, i) => (i % 20 === 0 ? 5 : value));
  const { count, chance } = exceedance(calm, felt);
  assert.ok(count >= 21);
  assert.ok(chance < 0.001);
});

test('the threshold is the 99th percentile, and nothing cannot be compared', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  assert.deepEqual(exceedance(hundred, [99, 100]).threshold, 99);
  assert.equal(exceedance(hundred, [99, 100]).count, 1);
  assert.throws(() => exceedance([], [1]), RangeError);
  assert.throws(() => exceedance([1], []), RangeError);
});
