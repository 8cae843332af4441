/** The files of all slots grow together, whatever makes them grow. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isAppError } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { openDatabase } from '../../src/profiles-sqlcipher/database.ts';
import { createProfile, openProfile } from '../../src/profiles-sqlcipher/index.ts';
import { SqlcipherStore, type StoreGrowth } from '../../src/profiles-sqlcipher/store.ts';
import { makeDatabase } from '../../src/profiles-sqlcipher/vault.ts';
import { watchDisk } from '../disk-steps.ts';
import { found, makeTwo, options, outgrow, ROWS } from './growth-scene.ts';
import { problemsOf } from './reference.ts';

const PAGE = 4_096;
const root = mkdtempSync(join(tmpdir(), 'tacet-growing-'));
after(() => rmSync(root, { recursive: true, force: true }));
let counter = 0;
const fresh = (): string => join(root, `p${counter++}`);

/** Pages of the data files, which must be as many in each. */
function pagesOf(dir: string): number {
  const sizes = [0, 1, 2, 3].map((slot) => statSync(join(dir, `vault/${slot}.data`)).size);
  assert.equal(new Set(sizes).size, 1, String(sizes));
  return (sizes[0] ?? 0) / PAGE;
}

test('files grow before they are full, and by one transaction that fits none; none grows alone', async () => {
  const dir = fresh();
  const profile = await createProfile(options(dir, 'first'));
  const { store } = profile;
  assert.equal(pagesOf(dir), 4);
  store.exec('CREATE TABLE t (v BLOB) STRICT');
  for (let n = 0; n < 10; n++) {
    store.run('INSERT INTO t VALUES (?)', new Uint8Array(6_000));
    store.checkpoint();
    const pages = Number(store.get('PRAGMA page_count')?.['page_count']);
    assert.ok(pagesOf(dir) >= pages && pagesOf(dir) <= pages + 4);
  }
  const before = pagesOf(dir);
  // More than the log holds before it is brought in.
  store.run('INSERT INTO t VALUES (?)', new Uint8Array(1_200 * PAGE));
  assert.ok(pagesOf(dir) >= before + 1_200);
  store.checkpoint();
  assert.ok(pagesOf(dir) >= before + 1_200);
  assert.deepEqual(problemsOf(store), []);
  profile.close();
  pagesOf(dir);
});

test('while a snapshot is held nothing grows; then all do, before the log is brought in', async () => {
  const dir = fresh();
  const profile = await createProfile(options(dir, 'first'));
  profile.store.exec('CREATE TABLE t (v BLOB) STRICT');
  const snapshot = await profile.snapshot(false);
  const before = pagesOf(dir);
  assert.equal(snapshot.data.bytes, 2 * PAGE, 'pages of the database, not of its file');
  for (let n = 0; n < 20; n++) profile.store.run('INSERT INTO t VALUES (?)', new Uint8Array(9_000));
  assert.equal(pagesOf(dir), before);
  snapshot.release();
  assert.ok(pagesOf(dir) > 40);
  const held = await profile.snapshot(false);
  for (let n = 0; n < 20; n++) profile.store.run('INSERT INTO t VALUES (?)', new Uint8Array(9_000));
  profile.close();
  held.release();
  assert.ok(pagesOf(dir) > 80);
  const again = await openProfile(options(dir, 'first'));
  await again.checked();
  assert.deepEqual(again.store.get('SELECT count(*) AS n FROM t'), { n: 40 });
  again.close();
});

test('an added profile that is larger than the files lengthens all of them', async () => {
  const dir = fresh();
  const profile = await createProfile(options(dir, 'first'));
  profile.store.exec('CREATE TABLE t (v BLOB) STRICT');
  await profile.addProfile(options(dir, 'second'), [], async (store) => {
    store.exec('CREATE TABLE t (v BLOB) STRICT');
    store.run('INSERT INTO t VALUES (?)', new Uint8Array(50 * PAGE).fill(2));
  });
  assert.ok(pagesOf(dir) > 50);
  profile.store.run('INSERT INTO t VALUES (?)', new Uint8Array(9_000));
  profile.store.checkpoint();
  assert.ok(pagesOf(dir) > 50, 'nothing was cut');
  profile.close();
  const second = await openProfile(options(dir, 'second'));
  await second.checked();
  assert.deepEqual(second.store.get('SELECT length(v) AS n FROM t'), { n: 50 * PAGE });
  second.close();
});

test('a disk that is full while files grow keeps nobody from writing, and the next close evens them', async () => {
  for (const at of [0, 1, 2, 3, 5, 8, 13]) {
    const dir = fresh();
    await makeTwo(dir);
    const said: string[] = [];
    const disk = watchDisk(at, 'full');
    await outgrow(dir, (what) => said.push(what)).finally(() => disk.undo());
    assert.ok(said.length >= ROWS);
    assert.deepEqual(await found(dir), said);
    pagesOf(dir);
  }
});

test('a database that does not open again after growing is tried again by the next call', () => {
  const path = join(root, 'lone');
  const key = systemRng.fill(new Uint8Array(32));
  makeDatabase(path, key);
  let fails = 1;
  let grown = 0;
  const growth: StoreGrowth = {
    isDue: () => grown === 0,
    lengthen() {
      grown += 1;
    },
    lengthenFor: () => {},
    holds: () => true,
    isBeyond: () => false,
    reach: () => {},
    close: () => {},
    open() {
      if (fails-- > 0) throw Object.assign(new Error('no'), { code: 'SQLITE_IOERR' });
      return openDatabase(path, key);
    },
  };
  const store = new SqlcipherStore(openDatabase(path, key), () => {}, growth);
  assert.throws(
    () => store.exec('CREATE TABLE t (n INTEGER) STRICT'),
    (error) => isAppError(error, 'profile-storage-failed'),
  );
  store.exec('CREATE TABLE t (n INTEGER) STRICT');
  assert.deepEqual(store.get('SELECT count(*) AS n FROM t'), { n: 0 });
  assert.equal(grown, 1);
  store.close();
});
