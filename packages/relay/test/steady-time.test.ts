import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteadyTime } from '../src/steady-time.ts';

test('time for waiting goes on when the clock is set back or forward', () => {
  const time = new SteadyTime();
  assert.equal(time.of(10_000), 10_000);
  time.step(-6_000);
  assert.equal(time.of(4_000), 10_000);
  assert.equal(time.of(4_500), 10_500);
  assert.equal(time.wall(10_600), 4_600);
  time.step(3_600_000);
  assert.equal(time.of(3_604_500), 10_500);
  assert.equal(time.wall(10_600), 3_604_600);
});
