import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, hex } from '@tacet/base';
import { lionessDecrypt, lionessEncrypt, lionessKeys } from '@tacet/crypto';
import { bytes, flip, readVectors } from './support.ts';

interface Known {
  k1: string;
  k2: string;
  k3: string;
  k4: string;
  plaintext: string;
  ciphertext: string;
}

test('LIONESS: the published answer for ChaCha20 and BLAKE2b', () => {
  for (const known of readVectors<Known[]>('lioness.json')) {
    const keys = {
      k1: fromHex(known.k1),
      k2: fromHex(known.k2),
      k3: fromHex(known.k3),
      k4: fromHex(known.k4),
    };
    const block = fromHex(known.plaintext);
    lionessEncrypt(keys, block);
    assert.equal(hex(block), known.ciphertext);
    lionessDecrypt(keys, block);
    assert.equal(hex(block), known.plaintext);
  }
});

test('LIONESS: decryption undoes encryption and the other way round', () => {
  for (const length of [33, 64, 7_576]) {
    const keys = lionessKeys(bytes(128));
    const block = bytes(length);
    const before = Uint8Array.from(block);
    lionessEncrypt(keys, block);
    assert.notDeepEqual(block, before);
    lionessDecrypt(keys, block);
    assert.deepEqual(block, before);
    lionessDecrypt(keys, block);
    lionessEncrypt(keys, block);
    assert.deepEqual(block, before);
  }
});

test('LIONESS: one changed bit anywhere changes about half of all bits, both ways', () => {
  const keys = lionessKeys(bytes(128));
  const block = bytes(7_576);
  for (const cipher of [lionessEncrypt, lionessDecrypt]) {
    for (const bit of [0, 255, 256, 30_000, 60_607]) {
      const a = Uint8Array.from(block);
      const b = flip(block, bit);
      cipher(keys, a);
      cipher(keys, b);
      let differing = 0;
      for (const [i, octet] of a.entries()) {
        for (let x = octet ^ (b[i] as number); x !== 0; x &= x - 1) differing++;
      }
      // 60,608 fair coins: 50 % +- 1.6 % is 8 standard deviations.
      assert.ok(Math.abs(differing / 60_608 - 0.5) < 0.016, `${differing} bits differ`);
    }
  }
});
