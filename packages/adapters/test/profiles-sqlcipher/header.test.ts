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
  sealHead,
  slotKey,
} from '../../src/profiles-sqlcipher/header.ts';
import { createProfile, openProfile } from '../../src/profiles-sqlcipher/index.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 100);
const COST = { memoryKiB: 64, passes: 1 };
const KEY = new Uint8Array(32).fill(5);
const HEADER = { createdDay: 20_400, databaseKey: new Uint8Array(32).fill(9) };
const root = mkdtempSync(join(tmpdir(), 'tacet-header-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** A header as another version might write it. */
function sealed(version: number, spoil: (plaintext: Uint8Array) => void = () => {}): Uint8Array {
  const plaintext = new ByteWriter(4_056)
    .u16(version)
    .u32(1)
    .put(HEADER.databaseKey)
    .skip(4_056 - 38)
    .done();
  spoil(plaintext);
  const nonce = systemRng.fill(new Uint8Array(24));
  return new Uint8Array([...nonce, ...sealBox(KEY, nonce, plaintext)]);
}

function refuses(head: Uint8Array, code: string): void {
  assert.throws(
    () => openHead(KEY, head),
    (error) => isAppError(error, code),
  );
}

test('a header comes back as it was sealed, never twice the same bytes', () => {
  const [one, two] = [sealHead(KEY, HEADER, systemRng), sealHead(KEY, HEADER, systemRng)];
  assert.deepEqual(openHead(KEY, one), HEADER);
  assert.equal(one.length, 4_096);
  assert.notDeepEqual(one, two);
  assert.deepEqual(openHead(KEY, sealed(1)), { ...HEADER, createdDay: 1 });
});

test('newer and impossible headers are told apart from a wrong key', () => {
  refuses(sealed(2), 'profile-newer');
  refuses(sealed(0xffff), 'profile-newer');
  refuses(sealed(0), 'profile-unreadable');
  for (const at of [38, 2_000, 4_055]) {
    refuses(
      sealed(1, (plaintext) => plaintext.fill(1, at, at + 1)),
      'profile-unreadable',
    );
  }
});

test('any changed, cut or added byte looks like a wrong passphrase', () => {
  const head = sealHead(KEY, HEADER, systemRng);
  fc.assert(
    fc.property(fc.nat(4_095), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = head.slice();
      changed[at] = (changed[at] ?? 0) ^ mask;
      refuses(changed, 'passphrase-wrong');
    }),
    { numRuns },
  );
  refuses(head.subarray(0, -1), 'passphrase-wrong');
  refuses(new Uint8Array([...head, 0]), 'passphrase-wrong');
});

test('keys differ by slot, salt, secret and kind', async () => {
  const salt = new Uint8Array(32).fill(1);
  const secret = (text: string) => ({ secret: new Sensitive(utf8(text.padEnd(32, '.'))) });
  const keys = await Promise.all([
    slotKey(secret('a'), salt, 0, COST),
    slotKey(secret('a'), salt, 1, COST),
    slotKey(secret('b'), salt, 0, COST),
    slotKey(
      secret('a'),
      salt.map((byte) => byte + 1),
      0,
      COST,
    ),
    slotKey({ ...secret('a'), kind: 'keychain' }, salt, 0, COST),
    slotKey(secret('a'), salt, 0, { memoryKiB: 128, passes: 1 }),
  ]);
  assert.equal(new Set(keys.map((key) => key.toHex())).size, keys.length);
  assert.deepEqual(await slotKey(secret('a'), salt, 0, COST), keys[0]);
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
  const options = { dir, secret: new Sensitive(utf8('x')), cost: COST };
  const made = await createProfile(options);
  made.store.exec('CREATE TABLE later (x); PRAGMA user_version = 99');
  made.close();
  const before = digest(dir);
  const profile = await openProfile(options);
  assert.throws(
    () => migrate(profile.store, [{ name: 'one', up: 'CREATE TABLE one (x)' }]),
    (error) => isAppError(error, 'profile-newer'),
  );
  profile.close();
  assert.equal(digest(dir), before);
});

test('a header of a newer program is refused and every file stays as it is', async () => {
  const dir = join(root, 'newer-header');
  const secret = { secret: new Sensitive(KEY), kind: 'keychain' as const };
  (await createProfile({ dir, ...secret })).close();
  const salt = readFileSync(join(dir, 'vault/salt'));
  const key = await slotKey(secret, salt, 0, COST);
  const nonce = systemRng.fill(new Uint8Array(24));
  const plaintext = new Uint8Array(4_056);
  plaintext[1] = 2;
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
