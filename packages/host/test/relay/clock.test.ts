import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RelayClock } from '../../src/relay/clock.ts';

test('runs with the steady source, takes a step of the wall clock within a second', () => {
  let wall = 1_000_000;
  let steady = 50;
  const clock = new RelayClock({ wall: () => wall, steady: () => steady });
  const pass = (ms: number, wallMs = ms) => {
    steady += ms;
    wall += wallMs;
  };
  const steps: number[][] = [];
  clock.onStep = (by, now) => steps.push([by, now]);
  assert.equal(clock.now(), 1_000_000);
  pass(0.25);
  assert.equal(clock.now(), 1_000_000.25);
  pass(999.75, 999.75 + 3);
  assert.equal(clock.now(), 1_001_000, 'a few ms are rounding, not a step');
  pass(500, 500 + 60_000);
  assert.equal(clock.now(), 1_001_500, 'not looked at yet');
  pass(500);
  assert.equal(clock.now(), 1_062_003);
  pass(1_000, 1_000 - 3_600_000);
  assert.equal(clock.now(), 1_063_003 - 3_600_000, 'back too');
  assert.deepEqual(steps, [
    [60_003, 1_062_003],
    [-3_600_000, 1_063_003 - 3_600_000],
  ]);
});
