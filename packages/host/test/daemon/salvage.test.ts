/** What is made of rows that came out of a damaged store: conversations without a contact, keys, what is said to be lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryProfile } from '@tacet/adapters/profiles-sqlcipher';
import { isAppError, utf8 } from '@tacet/base';
import type { ProfileStore } from '@tacet/client';
import { fenceSalvaged, mendSalvaged, salvageTables } from '@tacet/client/salvaged';

const KEYS = ['identity-key', 'signing-seed', 'root-secret', 'key-set-hash'];
const NOW = 1_800_000_000_000;

function salvaged(): ProfileStore {
  const store = openMemoryProfile();
  salvageTables(store, null);
  store.exec('PRAGMA foreign_keys = OFF');
  for (const name of [...KEYS, 'profile-name']) {
    store.run('INSERT INTO settings VALUES (?, ?)', name, utf8(name));
  }
  store.run("INSERT INTO session_records VALUES ('identity', x'00')");
  for (const id of [1, 2, 3, 9, 10]) {
    store.run(
      `INSERT INTO messages (id, contact_id, content_id, direction, type, text, sent_at, state)
       VALUES (?, 7, ?, 'in', 1, ?, ?, 'received')`,
      id,
      utf8(`content ${id}`),
      `of the river ${id}`,
      NOW - 100_000 + id * 1_000,
    );
  }
  return store;
}

test('a conversation outlives its contact, can be searched, and what is lost is said by time', () => {
  const store = salvaged();
  mendSalvaged(store);
  const missing = [
    { after: 3, upTo: 8 },
    { after: 9, upTo: 10 },
    { after: 10, upTo: null },
  ];
  const tables = [
    { name: 'messages', own: 5, copied: 2, missing },
    { name: 'contacts', own: 0, copied: 0, missing: [{ after: null, upTo: null }] },
    { name: 'files', own: 0, copied: 0, missing: [] },
  ];
  const view = fenceSalvaged(store, tables, true, NOW);
  const at = (id: number) => NOW - 100_000 + id * 1_000;
  assert.deepEqual(view, {
    profile: 'profile-name',
    contacts: 1,
    unnamed: 1,
    messages: 5,
    messagesCopied: 2,
    conversations: [{ name: 'lost-7', messages: 5, from: at(1), to: at(10) }],
    // One gap is known to hold five at most, one has all of its rows, one goes on to the end.
    lost: [
      { from: at(3), to: at(9), atMost: 5 },
      { from: at(10), to: null, atMost: null },
    ],
    tables: ['contacts'],
    withFiles: true,
  });
  assert.deepEqual(store.all('PRAGMA foreign_key_check'), []);
  const found = store.all("SELECT rowid FROM search WHERE search MATCH 'river'");
  assert.equal(found.length, 5);
  assert.deepEqual(store.get('SELECT begun, backup_at FROM restored'), {
    begun: 0,
    backup_at: at(10),
  });
  store.close();
});

test('lost cells make files lost; lost keys make no profile', () => {
  const store = salvaged();
  const cells = [{ name: 'file_cells', own: 0, copied: 3, missing: [{ after: 1, upTo: 2 }] }];
  assert.equal(fenceSalvaged(store, cells, true, NOW).withFiles, false);
  for (const name of KEYS) {
    const other = salvaged();
    other.run('DELETE FROM settings WHERE name = ?', name);
    assert.throws(
      () => mendSalvaged(other),
      (error) => isAppError(error, 'salvage-keys'),
    );
  }
  store.run('DELETE FROM session_records');
  assert.throws(
    () => mendSalvaged(store),
    (error) => isAppError(error, 'salvage-keys'),
  );
  assert.throws(
    () => salvageTables(openMemoryProfile(), 1_000),
    (error) => isAppError(error, 'profile-newer'),
  );
});
