/** What was sent and received, by day: what is saved when, and what a kill loses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, MINUTE } from '@tacet/base';
import { GEOMETRY } from '@tacet/onion';
import { Usage } from '../../src/levels/usage.ts';
import { USAGE_DAYS } from '../../src/limits.ts';
import { migratedStore } from '../migrated-store.ts';

const START = 20_000 * DAY + 5;

function setUp() {
  const store = migratedStore();
  let writes = 0;
  const { transaction } = store;
  store.transaction = (work) => {
    writes += 1;
    return transaction.call(store, work) as ReturnType<typeof work>;
  };
  return { store, writes: () => writes };
}

test('frames are counted by UTC day, and shown before they are saved', () => {
  const { store } = setUp();
  const usage = new Usage(store, START);
  usage.count(2, 3, START);
  usage.count(1, 1, START + DAY);
  assert.deepEqual(usage.days(), [
    { day: 20_001, up: GEOMETRY.frame, down: GEOMETRY.frame },
    { day: 20_000, up: 2 * GEOMETRY.frame, down: 3 * GEOMETRY.frame },
  ]);
  usage.save(START + DAY);
  usage.count(1, 0, START + DAY);
  assert.equal(usage.days()[0]?.up, 2 * GEOMETRY.frame);
  assert.equal(new Usage(store, START).days()[0]?.up, GEOMETRY.frame);
});

test('a day of frames costs at most a hundred writes, and a kill a quarter of an hour', () => {
  const { store, writes } = setUp();
  const usage = new Usage(store, START);
  for (let t = 0; t < DAY; t += 5 * MINUTE) {
    usage.count(150, 300, START + t);
    usage.tend(START + t);
  }
  assert.ok(writes() > 90 && writes() <= 100, `${writes()} writes`);
  const counted = usage.days().reduce((sum, { up }) => sum + up, 0);
  const saved = new Usage(store, START).days().reduce((sum, { up }) => sum + up, 0);
  assert.equal(counted, 288 * 150 * GEOMETRY.frame);
  assert.ok(counted - saved <= 3 * 150 * GEOMETRY.frame, 'more than a quarter of an hour is gone');
});

test('ninety days are kept, and a clock set back by a year does not stop saving', () => {
  const { store } = setUp();
  const usage = new Usage(store, START);
  for (let day = 0; day < USAGE_DAYS + 30; day++) {
    usage.count(1, 1, START + day * DAY);
    usage.save(START + day * DAY);
  }
  assert.equal(usage.days().length, USAGE_DAYS);
  assert.equal(usage.days()[0]?.day, 20_000 + USAGE_DAYS + 29);
  const later = new Usage(store, START + 365 * DAY);
  later.count(7, 0, START + 120 * DAY);
  later.tend(START + 120 * DAY);
  assert.equal(new Usage(store, START).days()[0]?.up, 7 * GEOMETRY.frame);
});
