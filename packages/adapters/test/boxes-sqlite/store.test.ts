import assert from 'node:assert/strict';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { equalBytes, isAppError } from '@tacet/base';
import { hash } from '@tacet/crypto';
import type { StoredBox } from '@tacet/relay';
import { boxStoreAcceptance, testBox } from '@tacet/relay/acceptance';
import { openBoxes } from '../../src/boxes-sqlite/index.ts';
import { CHUNK_BYTES, CHUNK_PLACES, FREE } from '../../src/boxes-sqlite/places.ts';
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

/** Of one day. */
const FILES = ['changes', 'db', 'marks', 'records'].map((end) => `boxes-20021.${end}`);

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

test('a store has files of 64 days; a box of one more waits until a day is dropped', async (t) => {
  const store = await openBoxes({ dir: tempDir() });
  t.after(() => store.close());
  const put = (n: number) => store.put(testBox(n, { day: 20_000 + n }));
  const days = await Promise.all(Array.from({ length: 64 }, (_, n) => put(n)));
  assert.ok(days.every(({ outcome }) => outcome === 'stored'));
  await assert.rejects(put(64), hasCode('boxes-days'));
  await store.expire(20_000);
  assert.equal((await put(64)).outcome, 'stored');
});

test('what tells the order of writes is emptied half a minute later, though nobody asks', async (t) => {
  const folder = tempDir();
  // The thread's clock, 300 times as fast: half a minute is a tenth of a second.
  const quick = 'const{setInterval:s}=globalThis;globalThis.setInterval=(f,ms)=>s(f,ms/300)';
  const before = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] = `--import=data:text/javascript,${encodeURIComponent(quick)}`;
  const store = await openBoxes({ dir: folder }).finally(() => {
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
  });
  t.after(() => store.close());
  await store.put(testBox(1));
  const left = () => readFileSync(join(folder, 'boxes-20021.changes')).length;
  const until = Date.now() + 5_000;
  while (left() > 0 && Date.now() < until) await setTimeout(20);
  assert.equal(left(), 0);
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

test('places say nothing about the order of writes, and the search would find one that did', async () => {
  const folder = tempDir();
  const store = await openBoxes({ dir: folder });
  const boxes = Array.from({ length: 3_000 }, (_, i) => testBox(i));
  // Batches of one, of some and of many.
  for (let i = 0, size = 1; i < boxes.length; i += size, size = (size * 3) % 97) {
    await Promise.all(boxes.slice(i, i + size).map((box) => store.put(box)));
  }
  await store.close();
  assert.deepEqual(readdirSync(folder).sort(), FILES);
  assert.equal(readFileSync(join(folder, 'boxes-20021.changes')).length, 0);
  const records = readFileSync(join(folder, 'boxes-20021.records'));
  const table = readFileSync(join(folder, 'boxes-20021.marks'));
  const places = boxes.map(({ record }) => records.indexOf(record.subarray(48, 80)));
  const marks = boxes.map(({ mark }) => table.indexOf(mark));
  // Four signs, each beyond this by chance once in twenty million runs; the controls go beyond 20.
  for (const found of [places, marks]) {
    assert.ok(
      found.every((place) => place >= 0),
      'every box is found',
    );
    assert.ok(orderIn(found).z < 5.5, `order of writes: ${orderIn(found).z} sigmas`);
    assert.ok(neighboursIn(found).z < 5.5, `neighbours in time: ${neighboursIn(found).z} sigmas`);
  }
  // Controls: rows as they came, and rows shuffled within batches of twenty.
  const asTheyCame = boxes.map((_, i) => i);
  assert.ok(orderIn(asTheyCame).z > 20 && neighboursIn(asTheyCame).z > 20);
  const inBatches = asTheyCame.map((i) => i - (i % 20) + ((i * 7) % 20));
  assert.ok(orderIn(inBatches).z > 20 && neighboursIn(inBatches).z > 20);
  // A pool of a tenth of all, from which rows leave at random, still tells early from late.
  const pooled = asTheyCame.map((i) => i + Math.random() * 600);
  assert.ok(orderIn(pooled).z > 20);
});

test('a box that moved leaves no copy behind when it is erased', async () => {
  const folder = tempDir();
  const store = await openBoxes({ dir: folder });
  const erased = testBox(1);
  await store.put(erased);
  // Places are opened again and again, so that the box moves about.
  for (let i = 0; i < 20; i++) {
    await Promise.all(Array.from({ length: 30 }, (_, n) => store.put(testBox(2_000 + 30 * i + n))));
  }
  await store.tombstone(erased.mark, erased.id, 20_001);
  const ciphertext = Buffer.from(erased.record.subarray(96, 160));
  const holders = () =>
    readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(ciphertext));
  assert.deepEqual(holders(), ['boxes-20021.records'], 'control: it is found while it is there');
  await store.expire(20_001);
  assert.deepEqual(holders(), [], 'also while the store is open');
  await store.close();
  assert.deepEqual(holders(), []);
});

test('of many boxes that moved and are erased no file has anything', async () => {
  const folder = tempDir();
  const store = await openBoxes({ dir: folder });
  // More than one step of erasing, in batches between which places are opened.
  const boxes = Array.from({ length: 600 }, (_, i) => testBox(i));
  for (let i = 0; i < boxes.length; i += 40) {
    await Promise.all(boxes.slice(i, i + 40).map((box) => store.put(box)));
  }
  const left = (): number => {
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    return boxes.filter(({ record }) => files.some((file) => file.includes(record.subarray(96))))
      .length;
  };
  assert.equal(left(), 600, 'control: all are found while they are there');
  await Promise.all(boxes.map(({ mark, id }) => store.tombstone(mark, id, 20_001)));
  await store.expire(20_001);
  assert.equal(left(), 0, 'also while the store is open');
  await store.close();
  assert.equal(left(), 0);
});

test('of an erased record no file has more than a hash, and the hash knows it again', async (t) => {
  const folder = tempDir();
  let store = await openBoxes({ dir: folder });
  t.after(() => store.close());
  const boxes = Array.from({ length: 30 }, (_, i) => testBox(i));
  await Promise.all(boxes.map((box) => store.put(box)));
  const kept = boxes.filter((_, i) => i % 2 === 0);
  const erased = boxes.filter((_, i) => i % 2 === 1);
  await Promise.all(erased.map(({ mark, id }) => store.tombstone(mark, id, 20_001)));
  /** Boxes of which a file has the first 24 bytes, those behind the hash, or any of the rest. */
  const holders = (wanted: readonly (typeof boxes)[number][]): number => {
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    const parts = (record: Uint8Array): Uint8Array[] =>
      [0, 32, 64, 1_200, 2_376].map((at) => record.subarray(at, at + 24));
    return wanted.filter(({ record }) =>
      parts(record).some((part) => files.some((file) => file.includes(part))),
    ).length;
  };
  assert.equal(holders(boxes), 30, 'control: all are found while they are there');
  await store.expire(20_001);
  assert.equal(holders(erased), 0, 'also while the store is open');
  assert.equal(holders(kept), 15);
  const known = async () => {
    assert.deepEqual(
      await store.get(erased.map(({ mark }) => mark)),
      erased.map(() => null),
    );
    for (const [i, box] of erased.entries()) {
      assert.equal((await store.put(box)).outcome, 'same');
      assert.equal((await store.put(testBox(2 * i + 1, { version: 1 }))).outcome, 'taken');
    }
  };
  await known();
  // Places are opened, so that they move about.
  await Promise.all(Array.from({ length: 300 }, (_, i) => store.put(testBox(1_000 + i))));
  await known();
  await store.close();
  assert.equal(holders(erased), 0);
  store = await openBoxes({ dir: folder });
  await known();
});

/**
 * Makes of a closed store what an earlier version wrote: what is left of erased records in the
 * database, in versions 2 and 3 the table of marks too.
 */
function makeEarlier(folder: string, version: 2 | 3 | 4, erased: readonly StoredBox[]): void {
  const file = openSync(join(folder, 'boxes-20021.records'), 'r+');
  const records = readFileSync(file);
  const db = new DatabaseSync(join(folder, 'boxes-20021.db'));
  db.exec(`
    CREATE TABLE gone(mark BLOB PRIMARY KEY, remnant BLOB NOT NULL) STRICT, WITHOUT ROWID;
    PRAGMA user_version = ${version}`);
  for (const { mark, id, record } of erased) {
    const left = hash('erased-box', record);
    const at = records.indexOf(left);
    assert.ok(at >= 0);
    writeSync(file, new Uint8Array(left.length), 0, left.length, at);
    const remnant = Buffer.concat([id, left]);
    db.prepare('INSERT INTO gone VALUES(?, ?)').run(mark, remnant);
  }
  closeSync(file);
  if (version !== 4) makeTable(folder, version, db);
  db.close();
}

function makeTable(folder: string, version: 2 | 3, db: DatabaseSync): void {
  const marks = readFileSync(join(folder, 'boxes-20021.marks'));
  const size = marks.readUInt32LE(8);
  const chunk = marks.subarray(64);
  assert.equal(chunk.length, CHUNK_BYTES);
  db.exec(`
    CREATE TABLE size(id INTEGER PRIMARY KEY CHECK(id = 1), places INTEGER NOT NULL) STRICT;
    CREATE TABLE place(chunk INTEGER PRIMARY KEY, marks BLOB NOT NULL) STRICT`);
  if (version === 3) {
    db.exec(`CREATE TABLE change(number INTEGER PRIMARY KEY, places INTEGER NOT NULL,
      entries BLOB NOT NULL) STRICT`);
    // Two of the places are in a list of changes and not yet in the table, and one more is.
    const words = new Int32Array(chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + 8 * size));
    for (const places of [[0], [size - 1, 0]]) {
      const entries = places.flatMap((place) => [
        place,
        words[2 * place] ?? 0,
        words[2 * place + 1] ?? 0,
        chunk[8 * CHUNK_PLACES + place] ?? 0,
      ]);
      const bytes = new Uint8Array(Int32Array.from(entries).buffer);
      db.prepare('INSERT INTO change(places, entries) VALUES(?, ?)').run(size, bytes);
    }
    for (const place of [0, size - 1]) {
      chunk.fill(0, 8 * place, 8 * place + 8);
      chunk[8 * CHUNK_PLACES + place] = FREE;
    }
  }
  db.prepare('INSERT INTO size VALUES(1, ?)').run(version === 3 ? size - 1 : size);
  db.prepare('INSERT INTO place VALUES(0, ?)').run(chunk);
  for (const end of ['marks', 'changes']) rmSync(join(folder, `boxes-20021.${end}`));
}

for (const version of [2, 3, 4] as const) {
  test(`a store of form ${version} is taken over`, async () => {
    const folder = tempDir();
    let store = await openBoxes({ dir: folder });
    const boxes = Array.from({ length: 40 }, (_, i) => testBox(i));
    const erased = [101, 102, 103].map((n) => testBox(n));
    await Promise.all([...boxes, ...erased].map((box) => store.put(box)));
    for (const { mark, id } of erased) await store.tombstone(mark, id, 20_001);
    await store.expire(20_001);
    await store.close();
    makeEarlier(folder, version, erased);
    store = await openBoxes({ dir: folder });
    const late = testBox(99);
    assert.equal((await store.put(late)).outcome, 'stored');
    await store.close();
    store = await openBoxes({ dir: folder });
    const found = await store.get([...boxes, late].map(({ mark }) => mark));
    assert.deepEqual(
      found,
      [...boxes, late].map(({ record }) => record),
    );
    for (const [i, box] of erased.entries()) {
      assert.deepEqual(await store.get([box.mark]), [null]);
      assert.equal((await store.put(box)).outcome, 'same');
      assert.equal((await store.put(testBox(101 + i, { version: 1 }))).outcome, 'taken');
    }
    await store.close();
    const database = readFileSync(join(folder, 'boxes-20021.db'));
    for (const { mark, id } of [...boxes, ...erased]) {
      assert.equal(database.includes(mark), false, 'no mark is left in the database');
      assert.equal(database.includes(id), false, 'and no id');
    }
  });
}

test('the log of changes holds what the table of marks has not, and is empty at a close', async () => {
  const folder = tempDir();
  let store = await openBoxes({ dir: folder });
  // Changes enough for one writing of the table, and then some more.
  const boxes = Array.from({ length: 30_000 }, (_, i) => testBox(i));
  for (let i = 0; i < boxes.length; i += 10_000) {
    await Promise.all(boxes.slice(i, i + 10_000).map((box) => store.put(box)));
  }
  const copy = tempDir();
  for (const name of readdirSync(folder)) {
    writeFileSync(join(copy, name), readFileSync(join(folder, name)));
  }
  await store.close();
  const lengthOf = (dir: string, end: string): number =>
    readFileSync(join(dir, `boxes-20021.${end}`)).length;
  assert.equal(lengthOf(folder, 'changes'), 0);
  // A copy made while the store was open is what a kill leaves behind.
  assert.ok(lengthOf(copy, 'changes') > 0);
  assert.ok(lengthOf(copy, 'marks') > CHUNK_BYTES, 'the table has been written');
  assert.ok(lengthOf(copy, 'marks') < lengthOf(folder, 'marks'), 'and lacks something');
  store = await openBoxes({ dir: copy });
  const found = await store.get(boxes.map(({ mark }) => mark));
  assert.ok(boxes.every(({ record }, i) => equalBytes(found[i] ?? new Uint8Array(), record)));
  await store.close();
  assert.equal(lengthOf(copy, 'changes'), 0);
});

test('a day that lost its table of marks, or its log, is refused, with its records as they are', async () => {
  const folder = tempDir();
  const store = await openBoxes({ dir: folder });
  await store.put(testBox(1));
  await store.close();
  const path = join(folder, 'boxes-20021.marks');
  const table = readFileSync(path);
  const records = readFileSync(join(folder, 'boxes-20021.records'));
  const damages = [() => rmSync(path), () => writeFileSync(path, table.subarray(0, 5_000))];
  for (const damage of damages) {
    damage();
    await assert.rejects(openBoxes({ dir: folder }), hasCode('boxes-unreadable'));
    assert.deepEqual(readFileSync(join(folder, 'boxes-20021.records')), records);
  }
  writeFileSync(path, table);
  const log = join(folder, 'boxes-20021.changes');
  rmSync(log);
  await assert.rejects(openBoxes({ dir: folder }), hasCode('boxes-unreadable'));
  writeFileSync(log, '');
  await (await openBoxes({ dir: folder })).close();
});

test('files of a day without a database are nobody’s, and go', async () => {
  const folder = tempDir();
  const store = await openBoxes({ dir: folder });
  await store.put(testBox(1));
  const ends = ['records', 'marks', 'changes', 'db-wal'];
  for (const name of ['dropped-boxes-20000.db', ...ends.map((end) => `boxes-20005.${end}`)]) {
    writeFileSync(join(folder, name), Buffer.alloc(5_000));
  }
  writeFileSync(join(folder, 'notes.txt'), 'of the operator');
  await store.expire(20_001);
  await store.close();
  const names = readdirSync(folder).sort();
  assert.deepEqual(names, [...FILES, 'notes.txt']);
});

test('a day that lost records is refused, one that has more than it knows is cut', async () => {
  const folder = tempDir();
  let store = await openBoxes({ dir: folder });
  const box = testBox(1);
  await store.put(box);
  await store.close();
  const path = join(folder, 'boxes-20021.records');
  const whole = readFileSync(path);
  writeFileSync(path, Buffer.concat([whole, Buffer.alloc(9_999, 1)]));
  store = await openBoxes({ dir: folder });
  assert.deepEqual((await store.get([box.mark]))[0], box.record);
  await store.close();
  assert.equal(readFileSync(path).length, whole.length);
  writeFileSync(path, whole.subarray(0, 100));
  await assert.rejects(openBoxes({ dir: folder }), hasCode('boxes-unreadable'));
});

/** Spearman's coefficient between places in a file and places in time, in standard deviations. */
function orderIn(positions: readonly number[]): { readonly z: number } {
  const ranks = ranksOf(positions);
  const n = ranks.length;
  const squares = ranks.reduce((sum, rank, i) => sum + (rank - i) ** 2, 0);
  return { z: Math.abs(1 - (6 * squares) / (n * (n * n - 1))) * Math.sqrt(n - 1) };
}

/** How much nearer two boxes that came one after the other lie than any two, likewise. */
function neighboursIn(positions: readonly number[]): { readonly z: number } {
  const ranks = ranksOf(positions);
  const n = ranks.length;
  const distances = ranks.slice(1).map((rank, i) => Math.abs(rank - (ranks[i] ?? 0)));
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  // Of two uniform places: mean n / 3, variance n² / 18; neighbours in the sum hardly depend.
  return { z: Math.abs(mean - n / 3) / (n / Math.sqrt(18 * n)) };
}

function ranksOf(positions: readonly number[]): number[] {
  const order = positions.map((position, i) => ({ position, i }));
  order.sort((a, b) => a.position - b.position);
  const ranks = Array<number>(positions.length).fill(0);
  for (const [rank, { i }] of order.entries()) ranks[i] = rank;
  return ranks;
}
