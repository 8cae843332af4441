import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SystemClock } from '../../src/daemon/index.ts';
import { Lateness } from '../../src/daemon/lateness.ts';
import { Pace } from '../../src/daemon/pace.ts';
import { HOLD, Turns } from '../../src/daemon/turns.ts';

test('the clock runs steadily and steps only when it is checked', () => {
  let wall = 1_000_000;
  let steady = 500;
  const clock = new SystemClock({ wall: () => wall, steady: () => steady });
  assert.equal(clock.now(), 1_000_000);
  wall += 10;
  steady += 10;
  assert.equal(clock.now(), 1_000_010);
  assert.equal(clock.check(), 0);
  wall += 3_600_000; // the computer slept: the steady clock stood still
  assert.equal(clock.now(), 1_000_010);
  assert.equal(clock.check(), 3_600_000);
  assert.equal(clock.now(), 4_600_010);
  wall -= 60_000;
  assert.equal(clock.check(), -60_000);
  assert.equal(clock.check(), 0);
});

test('lateness keeps quantiles in fixed space', () => {
  const lateness = new Lateness();
  assert.deepEqual(lateness.view(), { slots: 0, missed: 0, p50: 0, p99: 0, p999: 0, max: 0 });
  for (let i = 0; i < 990; i++) lateness.add(1.1);
  for (let i = 0; i < 9; i++) lateness.add(12.05);
  lateness.add(5_000);
  lateness.miss();
  const view = lateness.view();
  assert.equal(view.slots, 1_000);
  assert.equal(view.p50, 1.25);
  assert.equal(view.p99, 1.25);
  assert.equal(view.p999, 12.25);
  assert.equal(view.max, 5_000);
  assert.equal(view.missed, 1);
});

test('work waits while a slot is near, and one piece runs after each slot', async () => {
  let room = 100;
  const done: number[] = [];
  const turns = new Turns(
    () => room,
    () => 8,
    () => performance.now(),
  );
  await turns.run(() => done.push(0));
  room = 5;
  const later = [1, 2].map((n) => turns.run(() => done.push(n)));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(done, [0]);
  turns.afterSlot();
  await later[0];
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(done, [0, 1], 'the next slot is near again: one piece only');
  room = 100;
  turns.afterSlot();
  await later[1];
  assert.deepEqual(done, [0, 1, 2]);
  room = 5;
  const call = turns.run(() => done.push(3));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(done, [0, 1, 2], 'a call after a quiet time waits for the slot as well');
  room = HOLD;
  turns.afterSlot();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(done, [0, 1, 2], 'nothing runs while a frame waits');
  room = 100;
  turns.afterSlot();
  await call;
});

test('a long piece begins only where it fits before the next slot', async () => {
  let room = 30;
  const pace = new Pace();
  for (let slot = 0; slot < 3; slot++) pace.slot(slot * 1_000, 1);
  const turns = new Turns(
    () => room,
    (needs) => pace.guardFor(needs),
    () => performance.now(),
  );
  let found = false;
  const long = turns.run(() => {
    found = true;
  }, 50);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(found, false);
  room = 57;
  turns.wake();
  await long;
  room = 30;
  await turns.run(() => {});
});

test('what holds the thread for long begins where all of it fits, or first behind a slot that was written', async () => {
  let room = 300;
  const pace = new Pace();
  for (let slot = 0; slot < 3; slot++) pace.slot(slot * 400, 1);
  const turns = new Turns(
    () => room,
    (needs) => pace.guardFor(needs),
    () => performance.now(),
  );
  const done: string[] = [];
  const run = (name: string, needs = 0) => turns.run(() => void done.push(name), needs);
  const rest = () => new Promise((resolve) => setTimeout(resolve, 20));
  const long = run('long', 1_000);
  await rest();
  // Nothing left in a slot's time: the next one may be near.
  turns.afterSlot(false);
  await rest();
  assert.deepEqual(done, []);
  room = 390;
  turns.afterSlot(true);
  await long;
  const short = run('short');
  const again = run('again', 1_000);
  await short;
  turns.afterSlot(true);
  await again;
  room = 1_001;
  await run('room', 1_000);
  assert.deepEqual(done, ['long', 'short', 'again', 'room']);
});

test('a piece that throws rejects its own caller only', async () => {
  const turns = new Turns(
    () => 100,
    () => 8,
    () => performance.now(),
  );
  const bad = turns.run(() => {
    throw new Error('x');
  });
  const good = turns.run(() => 5);
  await assert.rejects(bad);
  assert.equal(await good, 5);
});

test('a slow disk has frames made earlier and work stop earlier, within the period', () => {
  const pace = new Pace();
  assert.equal(pace.lead, 6);
  assert.equal(pace.guard, 12);
  pace.slot(0, 2);
  pace.slot(1_000, 40);
  assert.equal(pace.lead, 50);
  assert.equal(pace.guard, 56);
  pace.work(20);
  assert.equal(pace.guard, 75);
  pace.work(5_000);
  assert.equal(pace.guard, 150);
  for (let i = 2; i < 200; i++) pace.slot(i * 1_000, 1);
  assert.equal(pace.lead, 6, 'a peak fades');
  pace.slot(199_040, 30);
  assert.equal(pace.lead, 10, 'a quarter of 40 ms');
  assert.ok(pace.guard <= 20);
});
