import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ml_kem768_x25519 as oracle } from '@noble/post-quantum/hybrid.js';
import { randomBytes } from '@tacet/base';
import { kemEncapsulate, kemKeyPair, systemRng } from '@tacet/crypto';

test('X-Wing agrees with an independent implementation in both directions', () => {
  const seed = randomBytes(systemRng, 32);
  const pair = kemKeyPair(seed);
  const theirs = oracle.keygen(seed);
  assert.deepEqual(Uint8Array.from(pair.publicKey), theirs.publicKey);
  const sent = oracle.encapsulate(pair.publicKey);
  assert.deepEqual(Uint8Array.from(pair.decapsulate(sent.cipherText) ?? []), sent.sharedSecret);
  const ours = kemEncapsulate(pair.publicKey, systemRng);
  assert.deepEqual(
    oracle.decapsulate(ours.ciphertext, theirs.secretKey),
    Uint8Array.from(ours.secret),
  );
});
