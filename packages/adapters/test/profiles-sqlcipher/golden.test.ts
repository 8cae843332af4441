/** Profiles of every form that was ever committed open with this program. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fromBase64url, Sensitive, utf8 } from '@tacet/base';
import { openProfile } from '../../src/profiles-sqlcipher/index.ts';
import { problemsOf } from './reference.ts';

interface Golden {
  readonly passphrase: string;
  readonly createdDay: number;
  readonly salt: string;
  readonly head: string;
  readonly data: string;
}

const folder = join(import.meta.dirname, '../../../../vectors/profile');
const root = mkdtempSync(join(tmpdir(), 'tacet-golden-'));
after(() => rmSync(root, { recursive: true, force: true }));

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  test(`${file} opens`, async () => {
    const golden = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Golden;
    const dir = join(root, file);
    mkdirSync(join(dir, 'vault'), { recursive: true });
    writeFileSync(join(dir, 'vault/salt'), fromBase64url(golden.salt));
    writeFileSync(join(dir, 'vault/0.head'), fromBase64url(golden.head));
    writeFileSync(join(dir, 'vault/0.data'), fromBase64url(golden.data));
    const secret = new Sensitive(utf8(golden.passphrase));
    const profile = await openProfile({ dir, secret });
    assert.equal(profile.createdDay, golden.createdDay);
    assert.deepEqual(profile.store.get('SELECT body FROM note')?.['body'], utf8('golden'));
    const found = profile.store.get('SELECT text FROM words WHERE words MATCH ?', 'river');
    assert.equal(found?.['text'], 'a quiet river');
    assert.equal(profile.store.get('PRAGMA user_version')?.['user_version'], 3);
    assert.deepEqual(problemsOf(profile.store), []);
    profile.close();
  });
}
