/** 07-streams.md 5: a gap nobody fills is asked for ever more rarely, never for ever. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, dayOf, HOUR } from '@tacet/base';
import { WatchList } from '../../src/boxes/watches.ts';
import { StreamReader } from '../../src/streams/reader.ts';
import { migratedStore } from '../migrated-store.ts';

const LIFE = 21;

function reading(head: number) {
  const store = migratedStore();
  store.run(
    `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
     VALUES (1, 'bob', 'bob', 'link', 'ready', 0, 0)`,
  );
  const watches = new WatchList(store, () => null, {
    onAnnounced: () => undefined,
    onRead: () => undefined,
  });
  const asked = new Map<number, number[]>();
  let now = 0;
  const listener = { onContent: () => undefined, onSenseless: () => undefined };
  const reader = new StreamReader(
    store,
    watches,
    (watch) => asked.set(watch.index, [...(asked.get(watch.index) ?? []), now]),
    listener,
  );
  reader.begin(1, new Uint8Array(32).fill(1), 0);
  store.run('UPDATE contacts SET in_head = ? WHERE id = 1', head);
  const hour = (at: number): void => {
    now = at;
    reader.sweepGaps(at);
    reader.expireGaps(at, LIFE);
  };
  return { store, reader, asked, hour };
}

test('three boxes never written cost thirty reads each in their life, and then none', () => {
  const { asked, hour, store } = reading(3);
  for (let at = HOUR; at < 40 * DAY; at += HOUR) hour(at);
  assert.deepEqual([...asked.keys()].sort(), [0, 1, 2]);
  for (const times of asked.values()) {
    assert.ok(times.length >= 20 && times.length <= 30, String(times.length));
    const pauses = times.slice(1).map((at, n) => at - (times[n] ?? 0));
    for (const [n, pause] of pauses.entries()) {
      assert.ok(pause >= (pauses[n - 1] ?? 0) && pause <= DAY + HOUR, String(pauses));
    }
    assert.ok(dayOf(times.at(-1) ?? 0) <= LIFE + 3);
  }
  const left = store.get('SELECT count(*) AS n FROM watches WHERE idx < 3 AND owner = ?', 'stream');
  assert.equal(left?.['n'], 0);
});

test('older gaps have their turn while newer ones rest', () => {
  const { asked, hour } = reading(200);
  // Look-ahead is 64, so only the first 64 secrets exist; all are gaps.
  for (let at = HOUR; at < 3 * DAY; at += HOUR) hour(at);
  assert.equal(asked.size, 64);
});
