import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteadyTime } from '../src/steady-time.ts';

test('time for waiting goes on when the clock is set back, and follows it forward', () => {
  const time = new SteadyTime();
  assert.deepEqual(time.at(10_000), { steady: 10_000, stepped: false });
  assert.deepEqual(time.at(9_999.5), { steady: 9_999.5, stepped: false });
  assert.deepEqual(time.at(4_000), { steady: 10_000, stepped: true });
  assert.deepEqual(time.at(4_500), { steady: 10_500, stepped: false });
  assert.equal(time.wall(10_600), 4_600);
  assert.deepEqual(time.at(1_000), { steady: 10_500, stepped: true });
  assert.deepEqual(time.at(9_000), { steady: 18_500, stepped: false });
});
