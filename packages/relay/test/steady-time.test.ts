import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteadyTime } from '../src/steady-time.ts';

test('time for waiting goes on when the clock is set back, and follows it forward', () => {
  const time = new SteadyTime();
  const look = (now: number) => [time.look(now), time.of(now)];
  assert.deepEqual(look(10_000), [false, 10_000]);
  assert.deepEqual(look(9_999.5), [false, 9_999.5]);
  assert.deepEqual(look(4_000), [true, 10_000]);
  assert.deepEqual(look(4_500), [false, 10_500]);
  assert.equal(time.wall(10_600), 4_600);
  assert.deepEqual(look(1_000), [true, 10_500]);
  assert.deepEqual(look(9_000), [false, 18_500]);
});
