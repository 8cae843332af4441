/**
 * Deleted text, for somebody who has the files and the key: pages are decrypted and searched for
 * canaries, with positive controls.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Sensitive } from '@tacet/base';
import { readablePages } from '@tacet/testkit/sqlcipher-pages';
import { openHead, rootOf, slotKey } from '../../src/profiles-sqlcipher/header.ts';
import { createProfile } from '../../src/profiles-sqlcipher/index.ts';

const ROWS = 300;
const root = mkdtempSync(join(tmpdir(), 'tacet-deletion-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** How many of the canaries can be read in data file and write-ahead log. */
function readable(dir: string, key: Uint8Array): { data: number; log: number } {
  const { data, log } = readablePages(join(dir, 'vault/0.data'), key);
  const count = (bytes: Buffer): number =>
    new Set(bytes.toString('latin1').match(/canary-\d{4}/g)).size;
  return { data: count(data), log: count(log) };
}

test('deleted rows are gone from the files, also for who has the key', async () => {
  const dir = join(root, 'p');
  const secret = { secret: new Sensitive(new Uint8Array(32).fill(7)), kind: 'keychain' as const };
  const profile = await createProfile({ dir, ...secret, slot: 0 });
  const { store } = profile;
  const vault = { salt: join(dir, 'vault/salt'), head: join(dir, 'vault/0.head') };
  const cost = { memoryKiB: 64, passes: 1 };
  const slot = slotKey(await rootOf(secret, readFileSync(vault.salt), cost), 0);
  const key = openHead(slot, readFileSync(vault.head), 0)?.databaseKey;
  assert.ok(key !== undefined);

  store.exec('CREATE TABLE t (v TEXT) STRICT; CREATE VIRTUAL TABLE w USING fts5 (v)');
  store.exec("INSERT INTO w (w, rank) VALUES ('secure-delete', 1)");
  const insert = (): void =>
    store.transaction(() => {
      for (let i = 0; i < ROWS; i++) {
        const text = `canary-${String(i).padStart(4, '0')}`;
        store.run('INSERT INTO t VALUES (?)', text);
        store.run('INSERT INTO w VALUES (?)', text);
      }
    });
  insert();
  assert.equal(readable(dir, key).log, ROWS, 'control: the reader reads, and the log has them');
  store.checkpoint();
  assert.deepEqual(readable(dir, key), { data: ROWS, log: 0 });

  store.exec('DELETE FROM t; DELETE FROM w');
  store.checkpoint();
  assert.deepEqual(readable(dir, key), { data: 0, log: 0 });

  // Control: without the setting the same steps leave text behind.
  store.exec('PRAGMA secure_delete = OFF');
  insert();
  store.checkpoint();
  store.exec('DELETE FROM t; DELETE FROM w');
  store.checkpoint();
  const left = readable(dir, key).data;
  assert.ok(left > ROWS / 2, `${left}`);
  profile.close();
});
