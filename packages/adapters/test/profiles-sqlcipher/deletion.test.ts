/**
 * Deleted text, for somebody who has the files and the key: pages are decrypted here by an
 * independent reading of SQLCipher's format and searched for canaries, with positive controls.
 */
import assert from 'node:assert/strict';
import { createDecipheriv } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Sensitive } from '@tacet/base';
import { openHead, slotKey } from '../../src/profiles-sqlcipher/header.ts';
import { createProfile } from '../../src/profiles-sqlcipher/index.ts';

const PAGE = 4_096;
/** Behind each page: IV 16, HMAC-SHA512 64. Before the first: 16 bytes of salt. */
const RESERVED = 80;
const ROWS = 300;
const root = mkdtempSync(join(tmpdir(), 'tacet-deletion-'));
after(() => rmSync(root, { recursive: true, force: true }));

function openPage(key: Uint8Array, page: Buffer, first: boolean): string {
  const end = PAGE - RESERVED;
  const cipher = createDecipheriv('aes-256-cbc', key, page.subarray(end, end + 16));
  cipher.setAutoPadding(false);
  return cipher.update(page.subarray(first ? 16 : 0, end)).toString('latin1');
}

/** How many of the canaries can be read in data file and write-ahead log. */
function readable(dir: string, key: Uint8Array): { data: number; log: number } {
  const data = readFileSync(join(dir, 'vault/0.data'));
  const log = readFileSync(join(dir, 'vault/0.data-wal'));
  let dataText = '';
  for (let at = 0; at < data.length; at += PAGE) {
    dataText += openPage(key, data.subarray(at, at + PAGE), at === 0);
  }
  let logText = '';
  // Log header 32; each frame: header 24, page. Only the first page of the file carries the salt.
  for (let at = 32; at + 24 + PAGE <= log.length; at += 24 + PAGE) {
    const first = log.readUInt32BE(at) === 1;
    logText += openPage(key, log.subarray(at + 24, at + 24 + PAGE), first);
  }
  const count = (text: string): number => new Set(text.match(/canary-\d{4}/g)).size;
  return { data: count(dataText), log: count(logText) };
}

test('deleted rows are gone from the files, also for who has the key', async () => {
  const dir = join(root, 'p');
  const secret = { secret: new Sensitive(new Uint8Array(32).fill(7)), kind: 'keychain' as const };
  const profile = await createProfile({ dir, ...secret });
  const { store } = profile;
  const vault = { salt: join(dir, 'vault/salt'), head: join(dir, 'vault/0.head') };
  const cost = { memoryKiB: 64, passes: 1 };
  const slot = await slotKey(secret, readFileSync(vault.salt), 0, cost);
  const key = openHead(slot, readFileSync(vault.head)).databaseKey;

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
