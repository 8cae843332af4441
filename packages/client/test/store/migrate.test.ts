import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import type { ProfileStore, SqlRow, SqlValue } from '../../src/ports.ts';
import { type Migration, migrate, schemaVersion } from '../../src/store/migrate.ts';

/** A plain SQLite database in memory: the port's acceptance suite is the adapters' business. */
function plainStore(): ProfileStore {
  const database = new DatabaseSync(':memory:');
  let depth = 0;
  return {
    transaction(work) {
      if (depth > 0) return work();
      database.exec('BEGIN');
      depth += 1;
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      } finally {
        depth -= 1;
      }
    },
    exec: (sql) => database.exec(sql),
    run(sql, ...params: SqlValue[]) {
      const { changes, lastInsertRowid } = database.prepare(sql).run(...params);
      return { changes: Number(changes), rowId: Number(lastInsertRowid) };
    },
    get: (sql, ...params: SqlValue[]) => database.prepare(sql).get(...params) as SqlRow | undefined,
    all: (sql, ...params: SqlValue[]) => database.prepare(sql).all(...params) as SqlRow[],
    checkpoint() {},
    close: () => database.close(),
  };
}

const FIRST: Migration = { name: 'people', up: 'CREATE TABLE person (name TEXT) STRICT' };
const SECOND: Migration = {
  name: 'ages',
  up(store) {
    store.exec('ALTER TABLE person ADD COLUMN age INTEGER');
    store.run('UPDATE person SET age = ?', 7);
  },
};

test('applies each migration once, in order', () => {
  const store = plainStore();
  assert.equal(migrate(store, [FIRST]), 0);
  store.run('INSERT INTO person (name) VALUES (?)', 'a');
  assert.equal(migrate(store, [FIRST, SECOND]), 1);
  assert.equal(migrate(store, [FIRST, SECOND]), 2);
  assert.equal(schemaVersion(store), 2);
  assert.equal(store.get('SELECT age FROM person')?.['age'], 7);
});

test('refuses a newer database and changes nothing', () => {
  const store = plainStore();
  migrate(store, [FIRST, SECOND]);
  assert.throws(
    () => migrate(store, [FIRST]),
    (error) => isAppError(error, 'profile-newer'),
  );
  assert.equal(schemaVersion(store), 2);
});

test('a failing migration leaves the version before it, whole', () => {
  const store = plainStore();
  const broken: Migration = {
    name: 'broken',
    up(target) {
      target.exec('CREATE TABLE half (x)');
      throw new Error('stop');
    },
  };
  assert.throws(() => migrate(store, [FIRST, broken, SECOND]), /stop/);
  assert.equal(schemaVersion(store), 1);
  const half = store.all("SELECT name FROM sqlite_schema WHERE name = 'half'");
  assert.equal(half.length, 0);
});
