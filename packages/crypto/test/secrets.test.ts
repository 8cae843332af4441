import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argon2id as oracle } from '@noble/hashes/argon2.js';
import { fromHex, hex, isAppError, type Rng, Sensitive } from '@tacet/base';
import {
  argon2id,
  equalSecret,
  hash,
  streamRng,
  systemRng,
  wipe,
  x25519,
  x25519Public,
} from '@tacet/crypto';
import { bytes, readVectors } from './support.ts';

test('Argon2id agrees with an independent implementation over the hashed salt', async () => {
  const passphrase = bytes(11);
  const salt = bytes(32);
  const kept = Uint8Array.from(passphrase);
  const key = await argon2id(new Sensitive(passphrase), salt, { memoryKiB: 64, passes: 2 });
  const expected = oracle(passphrase, hash('argon2-salt', salt).slice(0, 16), {
    t: 2,
    m: 64,
    p: 1,
    dkLen: 32,
  });
  assert.equal(hex(key), hex(expected));
  assert.deepEqual(passphrase, kept, 'the caller keeps the passphrase');
});

test('Argon2id refuses costs out of range and short salts', async () => {
  const secret = new Sensitive(bytes(8));
  for (const cost of [
    { memoryKiB: 7, passes: 1 },
    { memoryKiB: 64, passes: 0 },
    { memoryKiB: 64, passes: 101 },
    { memoryKiB: 2 ** 23, passes: 1 },
    { memoryKiB: 64.5, passes: 1 },
  ]) {
    await assert.rejects(argon2id(secret, bytes(16), cost), (e) => isAppError(e, 'argon2-cost'));
  }
  await assert.rejects(argon2id(secret, bytes(15), { memoryKiB: 64, passes: 1 }));
});

test('RFC 7748: X25519, and null for small order', () => {
  interface Rfc7748 {
    '5.2: X25519': { scalar: string; u: string; out: string }[];
  }
  for (const known of readVectors<Rfc7748>('rfc7748.json')['5.2: X25519']) {
    const out = x25519(fromHex(known.scalar), fromHex(known.u));
    assert.equal(out && hex(out), known.out);
  }
  const [a, b] = [bytes(32), bytes(32)];
  assert.deepEqual(x25519(a, x25519Public(b)), x25519(b, x25519Public(a)));
  assert.equal(x25519(a, new Uint8Array(32)), null);
});

test('equalSecret compares length and every byte; wipe zeroes', () => {
  const a = bytes(32);
  assert.ok(equalSecret(a, Uint8Array.from(a)));
  assert.ok(!equalSecret(a, a.slice(1)));
  const b = Uint8Array.from(a);
  b[31] = (b[31] ?? 0) ^ 1;
  assert.ok(!equalSecret(a, b));
  wipe(a, b);
  assert.equal(hex(a) + hex(b), '00'.repeat(64));
});

test('streamRng: same seed same output, reseeds, never repeats, any length', () => {
  const counting = (): Rng & { calls: number } => ({
    calls: 0,
    fill(out) {
      this.calls++;
      return out.fill(this.calls);
    },
  });
  const [one, two] = [counting(), counting()];
  const [a, b] = [streamRng(one, 64), streamRng(two, 64)];
  const seen = new Set<string>();
  for (let i = 0; i < 600; i++) {
    const length = [1, 16, 64][i % 3] as number;
    const block = a.fill(new Uint8Array(length));
    assert.deepEqual(block, b.fill(new Uint8Array(length)));
    if (length === 64) seen.add(hex(block));
  }
  assert.equal(seen.size, 200);
  assert.equal(one.calls, 3, 'every 256 calls');
  assert.equal(a.fill(new Uint8Array(65))[64], 4, 'longer requests go to the seed itself');
});

test('the system generator fills what it is given', () => {
  const out = new Uint8Array(64);
  assert.equal(systemRng.fill(out), out);
  assert.notEqual(hex(out), '00'.repeat(64));
});
