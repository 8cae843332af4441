import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { Millis } from '@tacet/base';
import type { Machine } from '@tacet/relay';
import { MachineDriver } from '../../src/relay/driver.ts';

/** Emits each number when its time has come. */
class Alarm implements Machine<number> {
  readonly times: Millis[] = [];
  private due: number[] = [];

  deadline(): Millis | null {
    return this.times.length === 0 ? null : Math.min(...this.times);
  }

  advance(now: Millis): void {
    this.due.push(...this.times.filter((time) => time <= now));
    this.times.splice(0, this.times.length, ...this.times.filter((time) => time > now));
  }

  drain(): number[] {
    const due = this.due;
    this.due = [];
    return due;
  }
}

function setUp() {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1_000;
  const machine = new Alarm();
  const performed: { at: Millis; effect: number }[] = [];
  const driver = new MachineDriver<number>({
    machine,
    clock: { now: () => now },
    perform: (effects) => {
      for (const effect of effects) performed.push({ at: now, effect });
    },
  });
  const pass = (ms: number): void => {
    for (let i = 0; i < ms; i++) {
      now += 1;
      mock.timers.tick(1);
    }
  };
  const add = (time: Millis) => driver.input(() => machine.times.push(time));
  return { driver, performed, pass, add };
}

test('effects come at their deadline, to the nearest millisecond', () => {
  const { performed, pass, add } = setUp();
  for (const time of [1_010, 1_010.4, 1_010.6, 1_020, 1_000.2]) add(time);
  assert.deepEqual(performed, [{ at: 1_000, effect: 1_000.2 }], 'half a step ahead is now');
  pass(30);
  assert.deepEqual(performed.slice(1), [
    { at: 1_010, effect: 1_010 },
    { at: 1_010, effect: 1_010.4 },
    { at: 1_011, effect: 1_010.6 },
    { at: 1_020, effect: 1_020 },
  ]);
  mock.timers.reset();
});

test('an earlier deadline that comes later is kept', () => {
  const { performed, pass, add } = setUp();
  add(1_500);
  pass(10);
  add(1_020);
  pass(490);
  assert.deepEqual(performed, [
    { at: 1_020, effect: 1_020 },
    { at: 1_500, effect: 1_500 },
  ]);
  mock.timers.reset();
});

test('a deadline beyond the longest timer is kept', () => {
  const { performed, pass, add } = setUp();
  add(151_000);
  pass(150_000);
  assert.deepEqual(performed, [{ at: 151_000, effect: 151_000 }]);
  mock.timers.reset();
});

test('nothing happens after stop', () => {
  const { driver, performed, pass, add } = setUp();
  add(1_010);
  driver.stop();
  add(1_005);
  pass(50);
  assert.deepEqual(performed, []);
  mock.timers.reset();
});

test('a clock that is set moves neither what waits nor what comes', () => {
  for (const by of [-3_600_000, 3_600_000]) {
    mock.timers.reset();
    mock.timers.enable({ apis: ['setTimeout'] });
    let now = 10_000_000;
    const told: Millis[] = [];
    const at: number[] = [];
    let due: Millis | null = now + 50_000;
    let passed = 0;
    const machine: Machine<number> = {
      deadline: () => due,
      advance: (time) => {
        if (due === null || time < due) return;
        at.push(passed);
        due = null;
      },
      drain: () => [],
      onClockStep: (step) => {
        told.push(step);
        if (due !== null) due += step;
      },
    };
    const driver = new MachineDriver({
      machine,
      clock: { now: () => now },
      perform: () => undefined,
    });
    const pass = (ms: number): void => {
      for (let i = 0; i < ms; i++) {
        now += 1;
        passed += 1;
        mock.timers.tick(1);
      }
    };
    driver.poke();
    pass(20_000);
    now += by;
    driver.onClockStep(by, now);
    pass(10);
    assert.deepEqual(told, [by]);
    driver.input(() => {
      due = now + 1_000;
    });
    pass(2_000);
    assert.deepEqual(at, [21_010], `${by} ms`);
    driver.input(() => {
      due = now + 30_000;
    });
    now += by;
    driver.onClockStep(by, now);
    pass(40_000);
    assert.deepEqual(at, [21_010, 52_010], `${by} ms, waiting`);
    driver.stop();
  }
  mock.timers.reset();
});

test('what is got ready elsewhere is gathered every millisecond while there is more', () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1_000;
  let left = 0;
  const gathered: Millis[] = [];
  const machine = new Alarm();
  const performed: Millis[] = [];
  const driver = new MachineDriver<number>({
    machine,
    clock: { now: () => now },
    perform: () => performed.push(now),
    gather: () => {
      if (left === 0) return false;
      gathered.push(now);
      left -= 1;
      machine.times.push(now + 2);
      return left > 0;
    },
  });
  const pass = (ms: number): void => {
    for (let i = 0; i < ms; i++) {
      now += 1;
      mock.timers.tick(1);
    }
  };
  pass(5);
  assert.deepEqual(gathered, [], 'nobody said there was anything');
  left = 3;
  driver.expect();
  assert.deepEqual(gathered, [1_005], 'the last look is long ago');
  driver.expect();
  assert.deepEqual(gathered, [1_005], 'not twice within a millisecond');
  pass(10);
  assert.deepEqual(gathered, [1_005, 1_006, 1_007]);
  assert.deepEqual(performed, [1_007, 1_008, 1_009], 'deadlines are kept meanwhile and after');
  left = 1;
  driver.stop();
  driver.expect();
  pass(5);
  assert.equal(left, 1);
});
