/**
 * Prints a golden profile: `node make-golden.ts > vectors/profile/<form>.json`. Run once per
 * version of the form; a file that was committed is never made again.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { base64url, Sensitive, utf8 } from '@tacet/base';
import { createProfile } from '../../src/profiles-sqlcipher/index.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-golden-'));
const passphrase = 'caf\u00e9 \u{1f642} correct horse';
const coerced = 'caf\u00e9 \u{1f642} battery staple';
const secretOf = (text: string) => ({ secret: new Sensitive(utf8(text)) });
const slot = 2;
const profile = await createProfile({ dir: root, slot, ...secretOf(passphrase) });
const { store, createdDay } = profile;
store.exec(
  'CREATE TABLE note (id INTEGER PRIMARY KEY, body BLOB) STRICT;' +
    "CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'unicode61');" +
    "INSERT INTO words VALUES ('a quiet river'); PRAGMA user_version = 3",
);
store.run('INSERT INTO note VALUES (?, ?)', 7, utf8('golden'));
await profile.addDuress(secretOf(coerced), []);
const snapshot = await profile.snapshot(false);
const data = base64url(await snapshot.data.read(0, snapshot.data.bytes));
snapshot.release();
profile.close();
const file = (name: string): string => base64url(readFileSync(join(root, 'vault', name)));
const golden = {
  provenance:
    'made by packages/adapters/test/profiles-sqlcipher/make-golden.ts with ' +
    '@signalapp/sqlcipher 4.1.0 on linux-x64; never made again',
  form: 2,
  passphrase,
  coerced,
  createdDay,
  salt: file('salt'),
  slot,
  heads: [0, 1, 2, 3].map((one) => file(`${one}.head`)),
  data,
};
process.stdout.write(`${JSON.stringify(golden, null, 1)}\n`);
rmSync(root, { recursive: true, force: true });
