import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blake2b } from '@noble/hashes/blake2.js';
import { concat, fromHex, hex, utf8 } from '@tacet/base';
import { hash, hashKeyed, hashRawInto, LABELS, type Label, labelBytes } from '@tacet/crypto';
import { bytes, readVectors } from './support.ts';

interface Rfc7693 {
  'A: BLAKE2b-512 of abc': { message: string; digest: string };
  'E: self-test, digest of digests': { digest: string };
}

const vectors = readVectors<Rfc7693>('rfc7693.json');

/** The deterministic octets of RFC 7693, Appendix E. */
function sequence(length: number): Uint8Array {
  let a = Math.imul(0xdead4bad, length) >>> 0;
  let b = 1;
  return Uint8Array.from({ length }, () => {
    const t = (a + b) >>> 0;
    a = b;
    b = t;
    return t >>> 24;
  });
}

test('RFC 7693: BLAKE2b of abc, and the self-test', () => {
  const abc = vectors['A: BLAKE2b-512 of abc'];
  const out = new Uint8Array(64);
  hashRawInto(out, null, fromHex(abc.message));
  assert.equal(hex(out), abc.digest);

  const digests: Uint8Array[] = [];
  for (const length of [20, 32, 48, 64]) {
    for (const inputLength of [0, 3, 128, 129, 255, 1_024]) {
      for (const key of [null, sequence(length)]) {
        const digest = new Uint8Array(length);
        hashRawInto(digest, key, sequence(inputLength));
        digests.push(digest);
      }
    }
  }
  const all = new Uint8Array(32);
  hashRawInto(all, null, concat(...digests));
  assert.equal(hex(all), vectors['E: self-test, digest of digests'].digest);
});

test('a labelled hash is BLAKE2b of u8(length) | label | parts', () => {
  const [a, b, key] = [bytes(5), bytes(300), bytes(32)];
  const text = utf8('tacet/1/onion-layer');
  const input = concat(Uint8Array.of(text.length), text, a, b);
  assert.equal(hex(hash('onion-layer', a, b)), hex(blake2b(input, { dkLen: 32 })));
  for (const length of [16, 32, 64]) {
    const expected = blake2b(input, { key, dkLen: length });
    assert.equal(hex(hashKeyed(key, 'onion-layer', length, a, b)), hex(expected));
  }
  assert.notEqual(hex(hash('onion-layer', a)), hex(hash('onion-reply', a)));
  assert.throws(() => hashKeyed(bytes(15), 'onion-layer', 32));
  assert.throws(() => hashKeyed(bytes(32), 'onion-layer', 65));
});

test('every label is its short name under tacet/1, and short enough', () => {
  for (const [name, label] of Object.entries(LABELS)) {
    assert.equal(label, `tacet/1/${name}`);
    assert.match(name, /^[a-z0-9-]+$/);
    const encoded = labelBytes(name as Label);
    assert.equal(encoded[0], label.length);
    assert.equal(encoded.length, label.length + 1);
  }
});
