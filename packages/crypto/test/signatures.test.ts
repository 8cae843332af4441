import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { ml_dsa65 } from '@noble/post-quantum/ml-dsa.js';
import { concat, fromHex, hex, isAppError, utf8 } from '@tacet/base';
import {
  classicalVerify,
  edKeyPair,
  edSign,
  edVerify,
  hybridKeyPair,
  hybridPublicKeyBytes,
  hybridPublicKeyFrom,
  hybridSignatureBytes,
  hybridSignatureFrom,
  hybridVerify,
} from '@tacet/crypto';
import { bytes, flip, readVectors } from './support.ts';

interface Rfc8032 {
  '7.1: Ed25519': { secret: string; public: string; message: string; signature: string }[];
}

test('RFC 8032: keys and signatures', () => {
  for (const known of readVectors<Rfc8032>('rfc8032.json')['7.1: Ed25519']) {
    const pair = edKeyPair(fromHex(known.secret));
    assert.equal(hex(pair.publicKey), known.public);
    const signature = edSign(pair.secretKey, fromHex(known.message));
    assert.equal(hex(signature), known.signature);
    assert.ok(edVerify(pair.publicKey, signature, fromHex(known.message)));
  }
});

test('Ed25519 is strict: canonical S, no small order, exact lengths', () => {
  const pair = edKeyPair(bytes(32));
  const message = bytes(50);
  const signature = edSign(pair.secretKey, message);
  for (let bit = 0; bit < 512; bit += 13) {
    assert.ok(!edVerify(pair.publicKey, flip(signature, bit), message));
  }
  // S + L verifies where the range of S is not checked.
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  let s = 0n;
  for (let i = 63; i >= 32; i--) s = s * 256n + BigInt(signature[i] as number);
  s += order;
  const malleated = Uint8Array.from(signature);
  for (let i = 32; i < 64; i++, s /= 256n) malleated[i] = Number(s % 256n);
  assert.ok(!edVerify(pair.publicKey, malleated, message));
  // Under the neutral element every message has the signature (neutral element, 0).
  const neutral = new Uint8Array(32);
  neutral[0] = 1;
  assert.ok(!edVerify(neutral, concat(neutral, new Uint8Array(32)), message));
  assert.ok(!edVerify(pair.publicKey.slice(1), signature, message));
  assert.ok(!edVerify(pair.publicKey, concat(signature, bytes(1)), message));
  assert.ok(ed25519.verify(signature, message, pair.publicKey));
});

test('Ed25519 is checked without cofactor: no part of small order hides in key or R', () => {
  const { Point } = ed25519;
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const number = (octets: Uint8Array) => BigInt(`0x${hex(octets.toReversed())}`) % order;
  const torsion = Point.fromHex(ED25519_TORSION_SUBGROUP[1] ?? '');
  const message = bytes(3);
  const [a, r] = [number(bytes(32)) || 1n, number(bytes(32)) || 1n];
  const [key, commitment] = [Point.BASE.multiply(a), Point.BASE.multiply(r)];
  const sign = (A: typeof key, R: typeof key): [Uint8Array, Uint8Array] => {
    const h = number(sha512(concat(R.toBytes(), A.toBytes(), message)));
    const s = fromHex(((r + h * a) % order).toString(16).padStart(64, '0')).toReversed();
    return [A.toBytes(), concat(R.toBytes(), s)];
  };
  const [good, goodSignature] = sign(key, commitment);
  assert.ok(edVerify(good, goodSignature, message));
  const [plainKey, tornR] = sign(key, commitment.add(torsion));
  assert.ok(ed25519.verify(tornR, message, plainKey, { zip215: true }));
  assert.ok(!edVerify(plainKey, tornR, message));
});

test('a hybrid signature holds only with both halves, under its label and parts', () => {
  const seed = bytes(64);
  const pair = hybridKeyPair(seed);
  const [a, b] = [bytes(10), bytes(20)];
  const signature = pair.sign('descriptor', a, b);
  assert.ok(hybridVerify(pair.publicKey, signature, 'descriptor', a, b));
  assert.ok(!hybridVerify(pair.publicKey, signature, 'document', a, b));
  assert.ok(!hybridVerify(pair.publicKey, signature, 'descriptor', b, a));
  const other = pair.sign('descriptor', a);
  for (const mixed of [
    { ed25519: other.ed25519, mldsa65: signature.mldsa65 },
    { ed25519: signature.ed25519, mldsa65: other.mldsa65 },
    { ed25519: new Uint8Array(64), mldsa65: signature.mldsa65 },
    { ed25519: signature.ed25519, mldsa65: new Uint8Array(3_309) },
    { ed25519: signature.ed25519, mldsa65: new Uint8Array(0) },
  ]) {
    assert.ok(!hybridVerify(pair.publicKey, mixed, 'descriptor', a, b));
  }
  const stranger = hybridKeyPair(bytes(64)).publicKey;
  const half = { ed25519: pair.publicKey.ed25519, mldsa65: stranger.mldsa65 };
  assert.ok(!hybridVerify(half, signature, 'descriptor', a, b));
});

test('both halves are what independent implementations make and accept', () => {
  const seed = bytes(64);
  const pair = hybridKeyPair(seed);
  const theirs = ml_dsa65.keygen(seed.slice(32));
  assert.equal(hex(pair.publicKey.mldsa65), hex(theirs.publicKey));
  const part = bytes(33);
  const label = utf8('tacet/1/descriptor');
  const message = concat(Uint8Array.of(label.length), label, part);
  const signature = pair.sign('descriptor', part);
  assert.ok(ml_dsa65.verify(signature.mldsa65, message, theirs.publicKey));
  assert.ok(ed25519.verify(signature.ed25519, message, pair.publicKey.ed25519));
  const mixed = {
    ed25519: ed25519.sign(message, seed.slice(0, 32)),
    mldsa65: ml_dsa65.sign(message, theirs.secretKey),
  };
  assert.ok(hybridVerify(pair.publicKey, mixed, 'descriptor', part));
});

test('the Ed25519 half stands alone where a caller asks for it', () => {
  const pair = hybridKeyPair(bytes(64));
  const part = bytes(8);
  const signature = pair.signClassical('digest', part);
  assert.ok(classicalVerify(pair.publicKey, signature, 'digest', part));
  assert.ok(!classicalVerify(pair.publicKey, signature, 'descriptor', part));
});

test('encodings of keys and signatures: round trip, exact lengths, copies', () => {
  const pair = hybridKeyPair(bytes(64));
  const encoded = hybridPublicKeyBytes(pair.publicKey);
  assert.equal(encoded.length, 1_984);
  assert.deepEqual(hybridPublicKeyFrom(encoded), pair.publicKey);
  const signature = pair.sign('descriptor', encoded);
  const signatureBytes = hybridSignatureBytes(signature);
  assert.equal(signatureBytes.length, 3_373);
  const decoded = hybridSignatureFrom(Buffer.from(signatureBytes));
  assert.ok(hybridVerify(hybridPublicKeyFrom(encoded), decoded, 'descriptor', encoded));
  const fails = (error: unknown) => isAppError(error, 'crypto-key');
  for (const change of [-1, 1]) {
    const grow = (value: Uint8Array) =>
      change < 0 ? value.slice(0, -1) : concat(value, Uint8Array.of(0));
    assert.throws(() => hybridPublicKeyFrom(grow(encoded)), fails);
    assert.throws(() => hybridSignatureFrom(grow(signatureBytes)), fails);
  }
});
