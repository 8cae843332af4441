import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { boxStoreAcceptance, testBox } from '@tacet/relay/acceptance';
import { openBoxes } from '../../src/boxes-sqlite/index.ts';
import { tempDir } from './temp.ts';

let dir = '';
boxStoreAcceptance('SQLite', {
  open: () => {
    dir = tempDir();
    return openBoxes({ dir });
  },
  reopen: async (store) => {
    await store.close();
    return openBoxes({ dir });
  },
});

const hasCode = (code: string) => (error: unknown) => isAppError(error, code);

test('a second process finds the store in use', async () => {
  const folder = tempDir();
  const store = await openBoxes({ dir: folder });
  await store.put(testBox(1));
  await assert.rejects(openBoxes({ dir: folder }), hasCode('boxes-in-use'));
  await store.close();
});

test('a store of a newer version is refused and not changed', async () => {
  const folder = tempDir();
  const file = join(folder, 'boxes-20021.db');
  const db = new DatabaseSync(file);
  db.exec('PRAGMA user_version = 9; CREATE TABLE future(x)');
  db.close();
  const before = readFileSync(file);
  await assert.rejects(openBoxes({ dir: folder }), hasCode('boxes-newer'));
  const after = new DatabaseSync(file);
  assert.equal(after.prepare('PRAGMA user_version').get()?.user_version, 9);
  after.close();
  assert.equal(readFileSync(file).length, before.length);
});

test('a damaged file is named as such', async () => {
  const folder = tempDir();
  writeFileSync(join(folder, 'boxes-20021.db'), Buffer.alloc(8_192, 7));
  await assert.rejects(openBoxes({ dir: folder }), hasCode('boxes-unreadable'));
});

test('after close every call is refused, twice closed is closed', async () => {
  const store = await openBoxes({ dir: tempDir() });
  const late = store.put(testBox(1));
  const closed = store.close();
  assert.equal((await late).outcome, 'stored');
  await closed;
  await store.close();
  await assert.rejects(store.put(testBox(2)), hasCode('boxes-closed'));
  await assert.rejects(store.expire(1), hasCode('boxes-closed'));
});

test('a box of a wrong length is a fault of ours', async () => {
  const store = await openBoxes({ dir: tempDir() });
  const box = testBox(1);
  await assert.rejects(
    store.put({ ...box, record: box.record.subarray(1) as typeof box.record }),
    hasCode('boxes-shape'),
  );
  await store.close();
});

test('more work than the cap is refused, the rest is done', async () => {
  const store = await openBoxes({ dir: tempDir() });
  const asked = Array.from({ length: 17_000 }, () => store.get([testBox(1).mark]));
  const outcomes = await Promise.allSettled(asked);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  assert.equal(refused.length, 17_000 - 16_384);
  assert.ok(refused.every((outcome) => isAppError(outcome.reason, 'boxes-busy')));
  await store.close();
});

test('a dropped day leaves no file, an erased record no byte', async () => {
  const folder = tempDir();
  const store = await openBoxes({ dir: folder });
  const box = testBox(1);
  await store.put(box);
  await store.put(testBox(2, { day: 20_001 }));
  await store.tombstone(box.mark, box.id, 20_001);
  await store.expire(20_001);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('20001')),
    [],
  );
  await store.close();
  const ciphertext = Buffer.from(box.record.subarray(96, 160));
  for (const name of readdirSync(folder)) {
    assert.equal(readFileSync(join(folder, name)).includes(ciphertext), false, name);
  }
});

test('the order of rows says nothing about the order of writes', async () => {
  const folder = tempDir();
  const store = await openBoxes({ dir: folder });
  const boxes = Array.from({ length: 600 }, (_, i) => testBox(i));
  for (let i = 0; i < boxes.length; i += 20) {
    await Promise.all(boxes.slice(i, i + 20).map((box) => store.put(box)));
  }
  await store.close();
  const bytes = readFileSync(join(folder, 'boxes-20021.records'));
  const positions = boxes.map((box) => bytes.indexOf(Buffer.from(box.record.subarray(48, 80))));
  assert.ok(
    positions.every((position) => position > 0),
    'control: every record is found',
  );
  assert.ok(Math.abs(rankCorrelation(positions)) < 0.25);
});

/** Spearman's coefficient between places in the file and places in time. */
function rankCorrelation(positions: readonly number[]): number {
  const sorted = [...positions].sort((a, b) => a - b);
  const ranks = positions.map((position) => sorted.indexOf(position));
  const squares = ranks.reduce((sum, rank, i) => sum + (rank - i) ** 2, 0);
  const n = positions.length;
  return 1 - (6 * squares) / (n * (n * n - 1));
}
