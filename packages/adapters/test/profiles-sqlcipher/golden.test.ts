/** Profiles of every form that was ever committed open with this program. */
import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { base64url, fromBase64url, Sensitive, utf8 } from '@tacet/base';
import { openProfile } from '../../src/profiles-sqlcipher/index.ts';
import { problemsOf } from './reference.ts';

/** Form 1 has one vault slot and one secret. */
interface Golden {
  readonly passphrase: string;
  readonly coerced?: string;
  readonly createdDay: number;
  readonly salt: string;
  readonly slot?: number;
  readonly head?: string;
  readonly heads?: readonly string[];
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
    const heads = golden.heads ?? [golden.head ?? ''];
    for (const [slot, head] of heads.entries()) {
      writeFileSync(join(dir, `vault/${slot}.head`), fromBase64url(head));
    }
    writeFileSync(join(dir, `vault/${golden.slot ?? 0}.data`), fromBase64url(golden.data));
    for (const text of [
      golden.passphrase,
      ...(golden.coerced === undefined ? [] : [golden.coerced]),
    ]) {
      const secret = new Sensitive(utf8(text));
      const profile = await openProfile({ dir, secret });
      assert.equal(profile.createdDay, golden.createdDay);
      assert.deepEqual(profile.store.get('SELECT body FROM note')?.['body'], utf8('golden'));
      const found = profile.store.get('SELECT text FROM words WHERE words MATCH ?', 'river');
      assert.equal(found?.['text'], 'a quiet river');
      assert.equal(profile.store.get('PRAGMA user_version')?.['user_version'], 3);
      assert.deepEqual(problemsOf(profile.store), []);
      profile.close();
    }
    const names = readdirSync(join(dir, 'vault'));
    assert.equal(names.length, 22, 'all four slots are there');
    const sizes = names
      .filter((name) => name.endsWith('.data'))
      .map((name) => statSync(join(dir, 'vault', name)).size);
    assert.deepEqual(new Set(sizes).size, 1);
    if (golden.heads === undefined) return;
    const same = golden.heads.filter(
      (head, slot) => base64url(readFileSync(join(dir, `vault/${slot}.head`))) === head,
    );
    assert.equal(same.length, 2, 'its own and the decoy’s are left');
  });
}
