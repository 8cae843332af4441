import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ml_kem768_x25519 as oracle } from '@noble/post-quantum/hybrid.js';
import { fromHex, hex, isAppError } from '@tacet/base';
import {
  type KemPublicKey,
  kemEncapsulate,
  kemKeyPair,
  kemPublicKeyFrom,
  systemRng,
} from '@tacet/crypto';
import { bytes, flip, readVectors } from './support.ts';

interface XWing {
  sk: string;
  eseed: string;
  ss: string;
  pk: string;
  ct: string;
}

test('X-Wing: the known answers of the draft', () => {
  for (const { sk, ss, pk, ct } of readVectors<XWing[]>('x-wing.json')) {
    const pair = kemKeyPair(fromHex(sk));
    assert.equal(hex(pair.publicKey), pk);
    const secret = pair.decapsulate(fromHex(ct));
    assert.equal(secret && hex(secret), ss);
  }
});

test('X-Wing: agrees with an independent implementation in both directions', () => {
  const seed = bytes(32);
  const pair = kemKeyPair(seed);
  const theirs = oracle.keygen(seed);
  assert.equal(hex(pair.publicKey), hex(theirs.publicKey));
  for (let i = 0; i < 3; i++) {
    const sent = oracle.encapsulate(pair.publicKey);
    const opened = pair.decapsulate(sent.cipherText);
    assert.equal(opened && hex(opened), hex(sent.sharedSecret));
    const ours = kemEncapsulate(pair.publicKey, systemRng);
    assert.equal(hex(oracle.decapsulate(ours.ciphertext, theirs.secretKey)), hex(ours.secret));
  }
});

test('X-Wing: any changed bit gives another secret, without a word', () => {
  const pair = kemKeyPair(bytes(32));
  const { ciphertext, secret } = kemEncapsulate(pair.publicKey, systemRng);
  for (const bit of [0, 1, 8_703, 8_704, 8_900, 8_958, 8_959]) {
    const other = pair.decapsulate(flip(ciphertext, bit));
    assert.ok(other && hex(other) !== hex(secret), `bit ${bit}`);
  }
});

test('X-Wing: every wrong length and small-order points give null', () => {
  const pair = kemKeyPair(bytes(32));
  const { ciphertext } = kemEncapsulate(pair.publicKey, systemRng);
  const longer = new Uint8Array(2 * ciphertext.length);
  longer.set(ciphertext);
  for (let length = 0; length <= longer.length; length++) {
    // Too short in either half, or with something behind.
    if (length === ciphertext.length) continue;
    assert.equal(pair.decapsulate(longer.subarray(0, length)), null, `${length} bytes`);
  }
  for (const first of [0, 1]) {
    const point = new Uint8Array(32);
    point[0] = first;
    const low = Uint8Array.from(ciphertext);
    low.set(point, 1_088);
    assert.equal(pair.decapsulate(low), null);
  }
  const again = pair.decapsulate(ciphertext);
  assert.ok(again, 'a refused ciphertext leaves the key usable');
});

test('X-Wing: a public key is checked when it comes in', () => {
  const { publicKey } = kemKeyPair(bytes(32));
  assert.equal(hex(kemPublicKeyFrom(Uint8Array.from(publicKey))), hex(publicKey));
  assert.throws(
    () => kemPublicKeyFrom(publicKey.slice(1)),
    (error) => isAppError(error, 'crypto-key'),
  );
  // A coefficient of 4,095 is beyond ML-KEM's modulus.
  const beyond = Uint8Array.from(publicKey).fill(0xff, 0, 2);
  assert.throws(
    () => kemPublicKeyFrom(beyond),
    (error) => isAppError(error, 'crypto-key'),
  );
  const lowOrder = Uint8Array.from(publicKey).fill(0, 1_184) as KemPublicKey;
  assert.throws(
    () => kemEncapsulate(lowOrder, systemRng),
    (error) => isAppError(error, 'crypto-key'),
  );
});

test('X-Wing: results are plain arrays whose slices are copies', () => {
  const pair = kemKeyPair(bytes(32));
  const { ciphertext, secret } = kemEncapsulate(pair.publicKey, systemRng);
  const opened = pair.decapsulate(ciphertext);
  for (const value of [pair.publicKey, ciphertext, secret, opened]) {
    assert.ok(value && !Buffer.isBuffer(value));
  }
});
