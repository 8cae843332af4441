import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Doubts } from '../../src/boxes-redis/doubts.ts';
import { LIMITS } from '../../src/boxes-redis/limits.ts';

test('a refused box is news once, and no more after a while', () => {
  const doubts = new Doubts();
  doubts.add('a', 0);
  assert.equal(doubts.take('b', 1), false);
  assert.equal(doubts.take('a', LIMITS.doubtMs + 1), true);
  assert.equal(doubts.take('a', LIMITS.doubtMs + 2), false);
  doubts.add('c', LIMITS.doubtMs + 3);
  assert.equal(doubts.take('c', 3 * LIMITS.doubtMs + 4), false);
});

test('there is a most of them', () => {
  const doubts = new Doubts();
  for (let n = 0; n <= LIMITS.doubts; n++) doubts.add(String(n), 0);
  assert.equal(doubts.take(String(LIMITS.doubts), 1), false);
  assert.equal(doubts.take('0', 1), true);
});
