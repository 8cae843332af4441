/** A profile on disk whose key is gone from the keychain. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAppError, type Sensitive } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { makeVault } from '../../src/daemon/vault.ts';
import { temporaryDirectory } from './fakes.ts';

test('a lost database key is one sentence at every try, no key is made in its place, and the key still opens', async () => {
  const { dir, remove } = temporaryDirectory();
  const kept = new Map<string, Sensitive<Uint8Array>>();
  const writes: string[] = [];
  const keychain = {
    get: async (account: string) => kept.get(account) ?? null,
    set: async (account: string, secret: Sensitive<Uint8Array>) => {
      writes.push(account);
      kept.set(account, secret);
    },
    remove: async (account: string) => kept.delete(account),
  };
  const vault = makeVault({ dir, keychain, rng: seededRng('lost key') });
  (await vault.create({ kind: 'keychain' })).close();
  const files = () => {
    const folder = join(dir, 'vault');
    return readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'hex')]);
  };
  const [before, secret] = [files(), kept.get(dir)];
  assert.ok(secret !== undefined);
  await keychain.remove(dir);
  for (let n = 0; n < 3; n++) {
    await assert.rejects(vault.open({ kind: 'keychain' }), (error) =>
      isAppError(error, 'keychain-empty'),
    );
    assert.equal(vault.exists(), true);
  }
  assert.deepEqual(writes, [dir], 'a new key would shut the old files for ever');
  assert.deepEqual(files(), before);
  kept.set(dir, secret);
  (await vault.open({ kind: 'keychain' })).close();
  remove();
});
