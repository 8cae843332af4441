/** What the port does not say: behaviour on a full disk, and that a statement is planned once. */
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

test('how a statement is carried out does not depend on what is bound', () => {
  const store = openMemoryProfile();
  store.exec(
    "CREATE TABLE t (kind TEXT, v INTEGER); CREATE INDEX t_new ON t (v) WHERE kind = 'new'",
  );
  const plan = (sql: string, ...bound: string[]): unknown =>
    store.get(`EXPLAIN QUERY PLAN ${sql}`, ...bound)?.['detail'];
  const constant = "SELECT v FROM t WHERE kind = 'new' AND v = ?";
  assert.match(String(plan(constant, 'a')), /USING COVERING INDEX t_new/);
  // A plan that uses what was bound is made again for each value.
  assert.equal(plan('SELECT v FROM t WHERE kind = ? AND v = ?', 'new', 'a'), 'SCAN t');

  store.run("INSERT INTO t VALUES ('why?', ?), ('it''s?', ?), (?, 5)", 1, 2, 'c');
  const kinds = store.all('SELECT kind FROM t ORDER BY v DESC LIMIT ?', 2);
  assert.deepEqual(
    kinds.map(({ kind }) => kind),
    ['c', "it's?"],
  );
  assert.equal(store.get('SELECT kind FROM t WHERE v = ?', '5')?.['kind'], 'c', 'affinity stays');
});
