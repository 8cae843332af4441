/** What the port does not say: behaviour on a full disk. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { openMemoryProfile } from '../../src/profiles-sqlcipher/index.ts';

const BIG = new Uint8Array(2_000_000);

function smallDisk() {
  const store = openMemoryProfile();
  store.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB) STRICT');
  store.exec('PRAGMA max_page_count = 100');
  return store;
}

test('a full disk is an error of storage, and the store works on when there is room', () => {
  const store = smallDisk();
  assert.throws(
    () => store.run('INSERT INTO t VALUES (1, ?)', BIG),
    (error) => isAppError(error, 'disk-full') && error.kind === 'storage',
  );
  store.exec('PRAGMA max_page_count = 10000');
  store.run('INSERT INTO t VALUES (1, ?)', BIG);
  assert.equal(store.get('SELECT count(*) AS n FROM t')?.['n'], 1);
});

test('work that swallows a full disk cannot write outside its transaction', () => {
  const store = smallDisk();
  assert.throws(
    () =>
      store.transaction(() => {
        store.run('INSERT INTO t VALUES (1, NULL)');
        assert.throws(
          () => store.transaction(() => store.run('INSERT INTO t VALUES (2, ?)', BIG)),
          (error) => isAppError(error, 'disk-full'),
        );
        store.run('INSERT INTO t VALUES (3, NULL)');
      }),
    (error) => isAppError(error, 'transaction-lost'),
  );
  assert.equal(store.get('SELECT count(*) AS n FROM t')?.['n'], 0);
  store.transaction(() => store.run('INSERT INTO t VALUES (4, NULL)'));
  assert.equal(store.get('SELECT count(*) AS n FROM t')?.['n'], 1);
});

test('a wrong statement passes as SQLite says it', () => {
  const store = openMemoryProfile();
  assert.throws(() => store.run('INSERT INTO nowhere VALUES (1)'), /no such table/);
});
