import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ByteWriter, isAppError, Sensitive, utf8 } from '@tacet/base';
import { migrate } from '@tacet/client';
import { sealBox, systemRng } from '@tacet/crypto';
import fc from 'fast-check';
import {
  canonicalPassphrase,
  openHead,
  type ProfileSecret,
  rootOf,
  sealHead,
  slotKey,
} from '../../src/profiles-sqlcipher/header.ts';
import { createProfile, openProfile } from '../../src/profiles-sqlcipher/index.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 100);
const COST = { memoryKiB: 64, passes: 1 };
const KEY = new Uint8Array(32).fill(5);
const HEADER = {
  kind: 'profile' as const,
  slot: 2,
  createdDay: 20_400,
  databaseKey: new Uint8Array(32).fill(9),
};
const root = mkdtempSync(join(tmpdir(), 'tacet-header-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** A header as another version might write it, or with other bytes. */
function sealed(version: number, spoil: (plaintext: Uint8Array) => void = () => {}): Uint8Array {
  const writer = new ByteWriter(4_056).u16(version);
  if (version > 1) writer.u8(0).u8(HEADER.slot);
  const plaintext = writer
    .u32(1)
    .put(HEADER.databaseKey)
    .skip(4_056 - (version > 1 ? 40 : 38))
    .done();
  spoil(plaintext);
  const nonce = systemRng.fill(new Uint8Array(24));
  return new Uint8Array([...nonce, ...sealBox(KEY, nonce, plaintext)]);
}

function refuses(head: Uint8Array, code: string): void {
  assert.throws(
    () => openHead(KEY, head, HEADER.slot),
    (error) => isAppError(error, code),
  );
}

test('a header comes back as it was sealed, never twice the same bytes', () => {
  const [one, two] = [sealHead(KEY, HEADER, systemRng), sealHead(KEY, HEADER, systemRng)];
  assert.deepEqual(openHead(KEY, one, 2), HEADER);
  const duress = { ...HEADER, kind: 'duress' as const };
  assert.deepEqual(openHead(KEY, sealHead(KEY, duress, systemRng), 1), duress);
  assert.equal(one.length, 4_096);
  assert.notDeepEqual(one, two);
  assert.deepEqual(openHead(KEY, sealed(2), 2), { ...HEADER, createdDay: 1 });
  assert.deepEqual(openHead(KEY, sealed(1), 0), { ...HEADER, slot: 0, createdDay: 1 });
});

test('newer and impossible headers are told apart from a wrong key', () => {
  refuses(sealed(3), 'profile-newer');
  refuses(sealed(0xffff), 'profile-newer');
  refuses(sealed(0), 'profile-unreadable');
  for (const [version, from] of [
    [1, 38],
    [2, 40],
  ] as const) {
    for (const at of [from, 2_000, 4_055]) {
      refuses(
        sealed(version, (plaintext) => plaintext.fill(1, at, at + 1)),
        'profile-unreadable',
      );
    }
  }
  for (const kind of [2, 255]) {
    refuses(
      sealed(2, (plaintext) => plaintext.fill(kind, 2, 3)),
      'profile-unreadable',
    );
  }
  // A profile's header lies in its own slot; one that destroys names another, of those there are.
  for (const [kind, slot] of [
    [0, 1],
    [0, 4],
    [1, 4],
    [1, 255],
  ] as const) {
    refuses(
      sealed(2, (plaintext) => plaintext.set([kind, slot], 2)),
      'profile-unreadable',
    );
  }
});

test('any changed, cut or added byte does not open', () => {
  const open = (head: Uint8Array) => openHead(KEY, head, HEADER.slot);
  const head = sealHead(KEY, HEADER, systemRng);
  fc.assert(
    fc.property(fc.nat(4_095), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = head.slice();
      changed[at] = (changed[at] ?? 0) ^ mask;
      assert.equal(open(changed), null);
    }),
    { numRuns },
  );
  assert.equal(open(head.subarray(0, -1)), null);
  assert.equal(open(new Uint8Array([...head, 0])), null);
  assert.notEqual(open(head), null);
});

test('keys differ by slot, salt, secret and kind', async () => {
  const salt = new Uint8Array(32).fill(1);
  const secret = (text: string) => ({ secret: new Sensitive(utf8(text.padEnd(32, '.'))) });
  const keyOf = async (one: ProfileSecret, of: Uint8Array, slot: number, cost: typeof COST) =>
    slotKey(await rootOf(one, of, cost), slot);
  const keys = await Promise.all([
    keyOf(secret('a'), salt, 0, COST),
    keyOf(secret('a'), salt, 1, COST),
    keyOf(secret('b'), salt, 0, COST),
    keyOf(
      secret('a'),
      salt.map((byte) => byte + 1),
      0,
      COST,
    ),
    keyOf({ ...secret('a'), kind: 'keychain' }, salt, 0, COST),
    keyOf(secret('a'), salt, 0, { memoryKiB: 128, passes: 1 }),
  ]);
  assert.equal(new Set(keys.map((key) => key.toHex())).size, keys.length);
  assert.deepEqual(await keyOf(secret('a'), salt, 0, COST), keys[0]);
});

test('passphrases keep bytes that are no text, and are copies', () => {
  const bytes = Uint8Array.of(0xff, 0x80);
  assert.deepEqual(canonicalPassphrase(bytes), bytes);
  const ascii = utf8('plain');
  const copy = canonicalPassphrase(ascii);
  ascii.fill(0);
  assert.deepEqual(copy, utf8('plain'));
});

test('a database of a newer program is refused by the migrations and stays as it is', async () => {
  const dir = join(root, 'newer');
  const options = {
    ...{ dir, cost: COST, first: 4, answerStep: 0 },
    secret: new Sensitive(utf8('x')),
  };
  const made = await createProfile(options);
  made.store.exec('CREATE TABLE later (x); PRAGMA user_version = 99');
  made.close();
  const profile = await openProfile(options);
  const before = digest(dir);
  assert.throws(
    () => migrate(profile.store, [{ name: 'one', up: 'CREATE TABLE one (x)' }]),
    (error) => isAppError(error, 'profile-newer'),
  );
  assert.equal(digest(dir), before);
  profile.close();
});

test('a header of a newer program is refused and every file stays as it is', async () => {
  const dir = join(root, 'newer-header');
  const secret = { secret: new Sensitive(KEY), kind: 'keychain' as const };
  (await createProfile({ dir, ...secret, slot: 0 })).close();
  const salt = readFileSync(join(dir, 'vault/salt'));
  const key = slotKey(await rootOf(secret, salt, COST), 0);
  const nonce = systemRng.fill(new Uint8Array(24));
  const plaintext = new Uint8Array(4_056);
  plaintext[1] = 3;
  writeFileSync(
    join(dir, 'vault/0.head'),
    new Uint8Array([...nonce, ...sealBox(key, nonce, plaintext)]),
  );
  const before = digest(dir);
  await assert.rejects(openProfile({ dir, ...secret }), (e) => isAppError(e, 'profile-newer'));
  assert.equal(digest(dir), before);
});

function digest(dir: string): string {
  const sum = createHash('sha256');
  for (const name of readdirSync(join(dir, 'vault')).sort()) {
    sum.update(name).update(readFileSync(join(dir, 'vault', name)));
  }
  return sum.digest('hex');
}
