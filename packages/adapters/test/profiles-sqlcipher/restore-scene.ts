/** A profile and what a backup of it holds; and a process that makes another from it and dies on the way. */
import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Sensitive, utf8 } from '@tacet/base';
import { createProfile } from '../../src/profiles-sqlcipher/index.ts';
import { restoreProfile } from '../../src/profiles-sqlcipher/recovered.ts';
import { watchDisk } from '../disk-steps.ts';

export const COST = { memoryKiB: 64, passes: 1 };
export const secretOf = (text: string) => ({
  kind: 'passphrase' as const,
  secret: new Sensitive(utf8(text)),
  cost: COST,
  slot: 0,
  first: 4,
  answerStep: 0,
});

/** Of a profile with 300 rows; its key stands beside, as a head would have it. */
export async function makeSource(dir: string): Promise<Uint8Array> {
  const profile = await createProfile({ dir, ...secretOf('old') });
  profile.store.exec('CREATE TABLE t (v TEXT) STRICT');
  for (let i = 0; i < 300; i++) profile.store.run('INSERT INTO t VALUES (?)', `row ${i}`);
  const snapshot = await profile.snapshot(true);
  const key = snapshot.databaseKey.slice();
  const { bytes } = snapshot.data;
  snapshot.release();
  profile.close();
  // What a backup holds: nothing of what stands behind the pages.
  truncateSync(join(dir, 'vault', '0.data'), bytes);
  return key;
}

export function restoreFrom(source: string, key: Uint8Array, dir: string, bytes?: Buffer) {
  const data = bytes ?? readFileSync(join(source, 'vault', '0.data'));
  async function* pieces() {
    for (let at = 0; at < data.length; at += 16_384) yield data.subarray(at, at + 16_384);
  }
  return restoreProfile({
    dir,
    ...secretOf('new'),
    source: { databaseKey: key, data: pieces(), cells: null },
    prepare: (store) => store.exec('CREATE TABLE fence (at INTEGER)'),
  });
}

if (import.meta.main) {
  const [source = '', key = '', dir = '', at = '', fate = ''] = process.argv.slice(2);
  watchDisk(Number(at), fate === 'torn' ? 'torn' : 'killed');
  await restoreFrom(source, new Uint8Array(Buffer.from(key, 'hex')), dir);
}
