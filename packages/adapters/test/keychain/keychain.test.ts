import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError, Sensitive } from '@tacet/base';
import { createKeychain, type OpenEntry } from '../../src/keychain/index.ts';

/** Entries in memory, answering with arrays of numbers as the library does. */
function fakeEntries(): { open: OpenEntry; kept: Map<string, number[]> } {
  const kept = new Map<string, number[]>();
  const open: OpenEntry = (service, account) => {
    const name = `${service}/${account}`;
    return {
      getSecret: async () => kept.get(name)?.slice() ?? null,
      setSecret: async (secret) => kept.set(name, [...secret]),
      deleteCredential: async () => kept.delete(name),
    };
  };
  return { open, kept };
}

const secret = new Sensitive(Uint8Array.from({ length: 32 }, (_, i) => i));

test('keeps, gives back and removes one secret per profile', async () => {
  const { open, kept } = fakeEntries();
  const keychain = createKeychain(open);
  assert.equal(await keychain.get('alice'), null);
  await keychain.set('alice', secret);
  assert.deepEqual([...kept.keys()], ['tacet/alice']);
  assert.deepEqual((await keychain.get('alice'))?.expose(), secret.expose());
  assert.equal(await keychain.get('bob'), null);
  assert.equal(await keychain.remove('alice'), true);
  assert.equal(await keychain.remove('alice'), false);
  assert.equal(secret.expose()[31], 31, 'the caller keeps its own');
});

test('an entry of another length is refused, both ways', async () => {
  const { open, kept } = fakeEntries();
  const keychain = createKeychain(open);
  kept.set('tacet/alice', [1, 2, 3]);
  await assert.rejects(keychain.get('alice'), (e) => isAppError(e, 'keychain-unreadable'));
  await assert.rejects(keychain.set('alice', new Sensitive(new Uint8Array(31))), (e) =>
    isAppError(e, 'keychain-secret'),
  );
});

test('a keychain that does not answer is one clear error, without its words', async () => {
  const keychain = createKeychain(() => {
    throw new Error('entry alice is locked');
  });
  for (const work of [
    keychain.get('alice'),
    keychain.set('alice', secret),
    keychain.remove('alice'),
  ]) {
    await assert.rejects(work, (error) => {
      assert.ok(isAppError(error, 'keychain-unavailable'));
      assert.match(error.message, /passphrase/);
      assert.equal(error.cause, undefined);
      return true;
    });
  }
});

test('on a Linux without a session bus the real one says so', {
  skip: process.platform !== 'linux' || process.env['DBUS_SESSION_BUS_ADDRESS'] !== undefined,
}, async () => {
  await assert.rejects(createKeychain().get('tacet-test-profile'), (e) =>
    isAppError(e, 'keychain-unavailable'),
  );
});
