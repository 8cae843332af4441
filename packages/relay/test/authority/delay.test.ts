import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nextDelay } from '../../src/authority/delay.ts';

const usual = { poolTarget: 25, slotMs: 2_000 };

test('the mean delay lets the pool of a quiet mix hold P packets', () => {
  // 50 requests a second: 25 of them are 500 ms.
  assert.equal(nextDelay(500, [50_000], usual), 500);
  assert.equal(nextDelay(450, [50_000], usual), 500);
  // The first quarter of the mixes counts, not one alone.
  assert.equal(nextDelay(500, [1_000, 50_000, 50_000, 50_000, 90_000], usual), 500);
});

test('a fifth is the most that an epoch changes', () => {
  assert.equal(nextDelay(500, [5_000], usual), 600);
  assert.equal(nextDelay(2_000, [50_000], usual), 1_600);
  assert.equal(nextDelay(3, [1], usual), 4);
});

test('never below a fifth of a slot, nor above ten seconds', () => {
  assert.equal(nextDelay(401, [100_000_000], usual), 400);
  assert.equal(nextDelay(9_900, [1], usual), 10_000);
  assert.equal(nextDelay(400, [100_000_000], { ...usual, slotMs: 2_001 }), 401);
});

test('unless half of the mixes know their rate, nothing changes', () => {
  assert.equal(nextDelay(500, [], usual), 500);
  assert.equal(nextDelay(500, [0, 0], usual), 500);
  assert.equal(nextDelay(500, [5_000, 0, 0], usual), 500);
  assert.equal(nextDelay(500, [5_000, 0], usual), 600);
});

test('a quarter of the mixes, saying what they like, cannot shorten it', () => {
  const rates = fc.array(fc.integer({ min: 20_000, max: 60_000 }), { minLength: 3, maxLength: 40 });
  fc.assert(
    fc.property(rates, fc.integer({ min: 400, max: 10_000 }), (honest, before) => {
      const liars = Math.floor(honest.length / 3);
      const more = Array.from({ length: liars }, () => 100_000_000);
      const shortest = nextDelay(before, [Math.max(...honest)], usual);
      assert.ok(nextDelay(before, [...honest, ...more], usual) >= shortest);
    }),
  );
});
