/**
 * What every ProfileStore must do (docs/spec/10-store.md). An implementation's test calls
 * `profileStoreSuite` with a factory of empty stores; the suite registers `node:test` tests.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import type { ProfileStore, SqlValue } from '../ports.ts';

export type StoreFactory = () => ProfileStore | Promise<ProfileStore>;

export function profileStoreSuite(name: string, create: StoreFactory): void {
  const check = (title: string, work: (store: ProfileStore) => void): void => {
    test(`${name}: ${title}`, async () => {
      const store = await create();
      try {
        store.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, value ANY) STRICT');
        work(store);
      } finally {
        store.close();
      }
    });
  };

  check('every kind of value comes back as it went in', (store) => {
    const values: SqlValue[] = [
      null,
      0,
      -1,
      1.5,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      '',
      'text \u{1f600} \0 after zero',
      new Uint8Array(),
      new Uint8Array(5_000).fill(9),
      new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
    ];
    for (const value of values) {
      const { rowId, changes } = store.run('INSERT INTO item (value) VALUES (?)', value);
      assert.equal(changes, 1);
      const row = store.get('SELECT id, value FROM item WHERE id = ?', rowId);
      assert.deepEqual(row?.['value'], value);
      assert.equal(row?.['id'], rowId);
    }
  });

  check('blobs are plain Uint8Arrays of their own', (store) => {
    const given = new Uint8Array([1, 2, 3]);
    store.run('INSERT INTO item VALUES (1, ?)', given);
    given.fill(0);
    const read = store.get('SELECT value FROM item')?.['value'];
    assert.ok(read instanceof Uint8Array);
    assert.equal(Object.getPrototypeOf(read), Uint8Array.prototype);
    read.fill(7);
    assert.deepEqual(store.get('SELECT value FROM item')?.['value'], new Uint8Array([1, 2, 3]));
  });

  check('numbers that would lose digits are refused, both ways', (store) => {
    const insert = 'INSERT INTO item (value) VALUES (?)';
    assert.throws(() => store.run(insert, 2 ** 53), code('number-unsafe'));
    assert.throws(() => store.run(insert, Number.NaN), code('number-unsafe'));
    store.exec('INSERT INTO item VALUES (1, 9007199254740993)');
    assert.throws(() => store.get('SELECT value FROM item'), code('number-unsafe'));
    assert.throws(() => store.all('SELECT value FROM item'), code('number-unsafe'));
  });

  check('get, all and run answer what SQL says', (store) => {
    assert.equal(store.get('SELECT * FROM item'), undefined);
    assert.deepEqual(store.all('SELECT * FROM item'), []);
    for (const value of ['a', 'b', 'c']) store.run('INSERT INTO item (value) VALUES (?)', value);
    assert.equal(store.run("UPDATE item SET value = 'x' WHERE id > ?", 1).changes, 2);
    assert.equal(store.run('DELETE FROM item WHERE id = ?', 99).changes, 0);
    const values = store.all('SELECT value FROM item ORDER BY id').map((row) => row['value']);
    assert.deepEqual(values, ['a', 'x', 'x']);
  });

  check('a transaction keeps all or nothing', (store) => {
    const result = store.transaction(() => {
      insert(store, 1);
      return 'kept';
    });
    assert.equal(result, 'kept');
    assert.throws(
      () =>
        store.transaction(() => {
          insert(store, 2);
          insert(store, 1);
        }),
      /./,
    );
    assert.deepEqual(ids(store), [1]);
    store.transaction(() => insert(store, 3));
    assert.deepEqual(ids(store), [1, 3], 'the store works on after a failure');
  });

  check('a nested transaction joins the outer one', (store) => {
    assert.throws(
      () =>
        store.transaction(() => {
          insert(store, 1);
          store.transaction(() => insert(store, 2));
          throw new Error('outer');
        }),
      /outer/,
    );
    assert.deepEqual(ids(store), []);
    store.transaction(() => {
      insert(store, 1);
      store.transaction(() => store.transaction(() => insert(store, 2)));
    });
    assert.deepEqual(ids(store), [1, 2]);
  });

  check('a nested failure that the outer one survives leaves nothing behind', (store) => {
    store.transaction(() => {
      insert(store, 1);
      assert.throws(
        () =>
          store.transaction(() => {
            insert(store, 2);
            throw new Error('inner');
          }),
        /inner/,
      );
      insert(store, 3);
    });
    assert.deepEqual(ids(store), [1, 3]);
  });

  check('a transaction never spans an await', (store) => {
    assert.throws(
      () => store.transaction(() => Promise.resolve(insert(store, 1))),
      code('transaction-async'),
    );
    assert.deepEqual(ids(store), []);
  });

  check('foreign keys hold', (store) => {
    store.exec('CREATE TABLE child (parent INTEGER REFERENCES item (id)) STRICT');
    assert.throws(() => store.run('INSERT INTO child VALUES (1)'), /./);
    insert(store, 1);
    store.run('INSERT INTO child VALUES (1)');
  });

  check('full-text search is there', (store) => {
    store.exec("CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'unicode61')");
    store.run('INSERT INTO words VALUES (?)', 'the quiet river');
    store.run('INSERT INTO words VALUES (?)', 'a loud sea');
    const found = store.all('SELECT text FROM words WHERE words MATCH ?', 'riv*');
    assert.deepEqual(
      found.map((row) => row['text']),
      ['the quiet river'],
    );
  });

  check('many different statements do not pile up', (store) => {
    for (let i = 0; i < 600; i++) {
      assert.equal(store.get(`SELECT ${i} AS n`)?.['n'], i);
    }
    insert(store, 1);
    assert.deepEqual(ids(store), [1]);
  });

  check('a statement sees the schema as it is now', (store) => {
    insert(store, 1);
    assert.equal(Object.keys(store.get('SELECT * FROM item') ?? {}).length, 2);
    store.exec('ALTER TABLE item ADD COLUMN more TEXT');
    assert.equal(Object.keys(store.get('SELECT * FROM item') ?? {}).length, 3);
  });

  check('checkpoint may be called at any time outside a transaction', (store) => {
    store.checkpoint();
    insert(store, 1);
    store.checkpoint();
    assert.deepEqual(ids(store), [1]);
  });

  check('a closed store refuses, and closing twice is fine', (store) => {
    store.close();
    store.close();
    const calls = [
      () => store.get('SELECT 1'),
      () => store.all('SELECT 1'),
      () => store.run('SELECT 1'),
      () => store.exec('SELECT 1'),
      () => store.transaction(() => 1),
      () => store.checkpoint(),
    ];
    for (const call of calls) assert.throws(call, code('profile-closed'));
  });
}

function insert(store: ProfileStore, id: number): void {
  store.run('INSERT INTO item (id) VALUES (?)', id);
}

function ids(store: ProfileStore): SqlValue[] {
  return store.all('SELECT id FROM item ORDER BY id').map((row) => row['id'] ?? null);
}

function code(expected: string): (error: unknown) => boolean {
  return (error) => isAppError(error, expected);
}
