/** The event log: what a consumer that dies at any point may rely on, and what it is told it lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import fc from 'fast-check';
import { EventLog } from '../../src/events/log.ts';
import { migratedStore } from '../migrated-store.ts';

const code = (wanted: string) => (error: unknown) => isAppError(error, wanted);

function fresh() {
  const store = migratedStore();
  const log = new EventLog(store, () => undefined);
  const add = (count: number): void => {
    for (let n = 0; n < count; n++) log.append(0, 'network', 'x');
  };
  /** Events that stand there without having passed through the log: quicker. */
  const fill = (count: number): void =>
    store.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
       INSERT INTO events (at, kind, subject) SELECT 0, 'network', 'x' FROM n`,
    );
  return { store, log, add, fill };
}

test('a consumer killed anywhere sees every event at least once and in order', () => {
  const steps = fc.array(fc.constantFrom('append', 'read', 'act', 'ack', 'die'), { maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 4 }), (history, max) => {
      const { log, add } = fresh();
      const seen: number[] = [];
      let pending: number[] = [];
      let cursor = 0;
      const step: Record<string, () => void> = {
        append: () => add(1),
        read: () => {
          const page = log.read({ cursor, max });
          assert.equal(page.lost, 0);
          pending.push(...page.events.map((event) => event.cursor));
          cursor = page.cursor;
        },
        act: () => seen.push(...pending.splice(0, 1)),
        // What was acted upon, never what was only read.
        ack: () => {
          const last = seen.at(-1);
          if (last !== undefined) log.acknowledge('bot', last);
        },
        die: () => {
          pending = [];
          cursor = log.acknowledged('bot');
        },
      };
      for (const one of history) step[one]?.();
      step['die']?.();
      while (log.read({ cursor, max }).events.length > 0) step['read']?.();
      while (pending.length > 0) step['act']?.();
      const firsts = [...new Set(seen)];
      assert.deepEqual(
        firsts,
        Array.from({ length: log.newest() }, (_, n) => n + 1),
      );
    }),
  );
});

test('acknowledgements go forward only, never ahead of the log, each consumer by itself', () => {
  const { log, add } = fresh();
  add(5);
  log.acknowledge('a', 4);
  log.acknowledge('a', 2);
  assert.equal(log.acknowledged('a'), 4);
  assert.equal(log.acknowledged('b'), 0);
  assert.throws(() => log.acknowledge('a', 6), code('cursor-ahead'));
  assert.throws(() => log.read({ cursor: 6, max: 1 }), code('cursor-ahead'));
  assert.equal(log.acknowledged('a'), 4);
});

test('what all consumers have is forgotten, what one lacks stays', () => {
  const { log, add, fill, store } = fresh();
  const count = () => store.get('SELECT count(*) AS n FROM events')?.['n'];
  fill(15_000);
  log.acknowledge('quick', 15_000);
  log.acknowledge('slow', 2_000);
  add(1_000);
  assert.equal(log.read({ cursor: 2_000, max: 1 }).lost, 0);
  assert.equal(log.read({ cursor: 0, max: 1 }).oldest, 2_001);
  log.forget('slow');
  log.acknowledge('quick', 16_000);
  // A piece at a time, until the newest ten thousand are left.
  add(1_000);
  add(1_000);
  assert.equal(count(), 10_000);
});

test('a consumer that fell behind what is kept is told how much it lost', () => {
  const { log, add, fill } = fresh();
  add(3);
  log.acknowledge('asleep', 3);
  fill(101_000);
  add(1_000);
  const page = log.read({ cursor: log.acknowledged('asleep'), max: 2 });
  assert.equal(page.lost, page.oldest - 1 - 3);
  assert.ok(page.lost > 0);
  assert.equal(page.events[0]?.cursor, page.oldest);
  assert.equal(log.read({ cursor: page.cursor, max: 2 }).lost, 0);
});

test('everything gone is a gap, too, and the place goes on', () => {
  const { log, add, store } = fresh();
  add(7);
  store.exec('DELETE FROM events');
  const page = log.read({ cursor: 2, max: 10 });
  assert.deepEqual(page, { events: [], cursor: 7, oldest: 8, lost: 5 });
});

test('64 consumers', () => {
  const { log } = fresh();
  for (let n = 0; n < 64; n++) log.acknowledge(`c${n}`, 0);
  assert.throws(() => log.acknowledge('one-more', 0), code('consumers-full'));
  log.acknowledge('c3', 0);
  log.forget('c3');
  log.acknowledge('one-more', 0);
});
