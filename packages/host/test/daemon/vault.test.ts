/** A profile on disk whose key is gone from the keychain. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError, isAppError, Sensitive } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import type { ProfileSecret } from '../../src/daemon/index.ts';
import { makeVault } from '../../src/daemon/vault.ts';
import { passphrase, temporaryDirectory } from './fakes.ts';

/** Whoever asked wipes what they were given. */
function copyOf(secret: Sensitive<Uint8Array> | undefined): Sensitive<Uint8Array> | null {
  return secret === undefined ? null : new Sensitive(secret.expose().slice());
}

const code = (expected: string) => (error: unknown) => isAppError(error, expected);

test('a lost database key is one sentence at every try, no key is made in its place, and the key still opens', async () => {
  const { dir, remove } = temporaryDirectory();
  const kept = new Map<string, Sensitive<Uint8Array>>();
  const writes: string[] = [];
  const keychain = {
    get: async (account: string) => copyOf(kept.get(account)),
    set: async (account: string, secret: Sensitive<Uint8Array>) => {
      writes.push(account);
      kept.set(account, copyOf(secret) ?? secret);
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

test('between passphrase and keychain: nothing that opens the profile goes before the other opens it', async () => {
  const { dir, remove } = temporaryDirectory();
  const kept = new Map<string, Sensitive<Uint8Array>>();
  let fails = false;
  const keychain = {
    get: async (account: string) => copyOf(kept.get(account)),
    set: async (account: string, secret: Sensitive<Uint8Array>) => {
      if (fails) throw new AppError('keychain-failed', 'storage', 'no');
      kept.set(account, copyOf(secret) ?? secret);
    },
    remove: async (account: string) => kept.delete(account),
  };
  const vault = makeVault({ dir, keychain, rng: seededRng('reseal') });
  const opens = async (secret: ProfileSecret) => await vault.open(secret);
  const inKeychain: ProfileSecret = { kind: 'keychain' };
  const first = await vault.create(inKeychain);
  await assert.rejects(first.reseal(inKeychain, inKeychain), code('keychain-already'));
  await assert.rejects(first.reseal(passphrase('no'), passphrase('b')), code('passphrase-wrong'));
  assert.equal(kept.size, 1);
  await first.reseal(inKeychain, passphrase('a'));
  assert.equal(kept.size, 0, 'what opens nothing any more is not kept');
  first.close();
  await assert.rejects(opens(inKeychain), code('keychain-empty'));

  const second = await opens(passphrase('a'));
  fails = true;
  await assert.rejects(second.reseal(passphrase('a'), inKeychain), code('keychain-failed'));
  fails = false;
  second.close();
  const third = await opens(passphrase('a'));
  await assert.rejects(third.reseal(passphrase('b'), inKeychain), code('passphrase-wrong'));
  await third.reseal(passphrase('a'), inKeychain);
  third.close();
  (await opens(inKeychain)).close();
  await assert.rejects(opens(passphrase('a')), code('passphrase-wrong'));

  vault.erase();
  assert.equal(await vault.remove(), 'removed');
  assert.equal(kept.size, 0);
  assert.equal(await vault.remove(), 'none');
  remove();
});

test('a wipe where no keychain answers says so and removes the files', async () => {
  const { dir, remove } = temporaryDirectory();
  const missing = (): never => {
    throw new AppError('keychain-missing', 'state', 'no keychain here');
  };
  const keychain = {
    get: async () => missing(),
    set: async () => missing(),
    remove: async () => missing(),
  };
  const vault = makeVault({ dir, keychain, rng: seededRng('no keychain') });
  (await vault.create(passphrase('a'))).close();
  vault.erase();
  assert.equal(await vault.remove(), 'unknown');
  assert.equal(vault.exists(), false);
  remove();
});
