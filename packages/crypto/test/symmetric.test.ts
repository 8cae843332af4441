import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chacha20poly1305, xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { fromHex, hex } from '@tacet/base';
import {
  macEqual,
  macInto,
  openBox,
  openHeader,
  sealBox,
  sealHeader,
  streamInto,
  streamXor,
} from '@tacet/crypto';
import { bytes, flip, readVectors } from './support.ts';

interface Aead {
  key: string;
  nonce: string;
  ad: string;
  plaintext: string;
  ciphertext: string;
  tag: string;
}

interface Rfc8439 {
  'A.1 test vector 1: key stream, counter 0, nonce 0': { key: string; stream: string };
  '2.5.2: Poly1305': { key: string; message: string; tag: string };
  '2.8.2: ChaCha20-Poly1305': Aead;
}

test('RFC 8439: key stream, Poly1305 and the AEAD', () => {
  const vectors = readVectors<Rfc8439>('rfc8439.json');
  const stream = vectors['A.1 test vector 1: key stream, counter 0, nonce 0'];
  const out = new Uint8Array(64);
  streamInto(out, fromHex(stream.key));
  assert.equal(hex(out), stream.stream);
  streamXor(out, fromHex(stream.key));
  assert.equal(hex(out), '00'.repeat(64));

  const poly = vectors['2.5.2: Poly1305'];
  const tag = new Uint8Array(16);
  macInto(tag, fromHex(poly.key), fromHex(poly.message));
  assert.equal(hex(tag), poly.tag);
  assert.ok(macEqual(tag, fromHex(poly.key), fromHex(poly.message)));
  assert.ok(!macEqual(flip(tag, 127), fromHex(poly.key), fromHex(poly.message)));

  const aead = vectors['2.8.2: ChaCha20-Poly1305'];
  const [key, nonce, ad] = [aead.key, aead.nonce, aead.ad].map(fromHex) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const sealed = new Uint8Array(fromHex(aead.plaintext).length);
  sealHeader(sealed, tag, key, nonce, fromHex(aead.plaintext), ad);
  assert.equal(hex(sealed), aead.ciphertext);
  assert.equal(hex(tag), aead.tag);
});

test('the header AEAD refuses any change and works in place', () => {
  const [key, nonce, ad, plain] = [bytes(32), bytes(12), bytes(1_128), bytes(40)];
  const work = Uint8Array.from(plain);
  const tag = new Uint8Array(16);
  sealHeader(work, tag, key, nonce, work, ad);
  const expected = chacha20poly1305(key, nonce, ad).encrypt(plain);
  assert.equal(hex(work) + hex(tag), hex(expected));
  const out = new Uint8Array(40);
  assert.ok(openHeader(out, key, nonce, work, tag, ad));
  assert.deepEqual(out, plain);
  for (let bit = 0; bit < 320; bit += 7) {
    assert.ok(!openHeader(out, key, nonce, flip(work, bit), tag, ad));
  }
  assert.ok(!openHeader(out, key, nonce, work, flip(tag, 0), ad));
  assert.ok(!openHeader(out, key, nonce, work, tag, flip(ad, 9_023)));
  assert.ok(!openHeader(out, key, flip(nonce, 95), work, tag, ad));
});

test('XChaCha20-Poly1305: the draft, an oracle, and every way to fail', () => {
  const vector =
    readVectors<Record<string, Aead>>('xchacha.json')['draft-irtf-cfrg-xchacha-03 A.3.1'];
  assert.ok(vector);
  const known = sealBox(
    fromHex(vector.key),
    fromHex(vector.nonce),
    fromHex(vector.plaintext),
    fromHex(vector.ad),
  );
  assert.equal(hex(known), vector.ciphertext + vector.tag);

  for (const length of [0, 1, 16, 2_264]) {
    const [key, nonce, plain] = [bytes(32), bytes(24), bytes(length)];
    const sealed = sealBox(key, nonce, plain);
    assert.equal(hex(sealed), hex(xchacha20poly1305(key, nonce).encrypt(plain)));
    assert.deepEqual(openBox(key, nonce, sealed), plain);
    assert.equal(openBox(key, nonce, flip(sealed, 0)), null);
    assert.equal(openBox(key, nonce, flip(sealed, sealed.length * 8 - 1)), null);
    assert.equal(openBox(key, nonce, sealed, bytes(1)), null);
    assert.equal(openBox(flip(key, 3), nonce, sealed), null);
    assert.equal(openBox(key, flip(nonce, 191), sealed), null);
    assert.equal(openBox(key, nonce, sealed.slice(0, -1)), null);
  }
  assert.equal(openBox(bytes(32), bytes(24), bytes(15)), null);
  assert.throws(() => sealBox(bytes(31), bytes(24), bytes(1)));
  assert.throws(() => openBox(bytes(32), bytes(12), bytes(20)));
});
