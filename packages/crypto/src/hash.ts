/**
 * BLAKE2b with a label (docs/spec/01-crypto.md, 3). Parts are joined without separators: a label
 * fixes the number of its parts and the length of all of them but one.
 */

import { AppError } from '@tacet/base';
import sodium from 'sodium-native';
import { type Label, labelBytes } from './labels.ts';

const HASH_LENGTH = 32;

/** BLAKE2b-256 of u8(length) | label | parts. */
export function hash(label: Label, ...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(HASH_LENGTH);
  sodium.crypto_generichash_batch(out, [labelBytes(label), ...parts]);
  return out;
}

/**
 * Keyed BLAKE2b of the same input; a PRF of the key.
 * @param key 16..64 bytes; @param length of the result, 16..64 bytes
 */
export function hashKeyed(
  key: Uint8Array,
  label: Label,
  length: number,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  if (key.length < 16 || key.length > 64 || length < 16 || length > 64) {
    throw new AppError('crypto-length', 'bug', 'key and result of a keyed hash have 16..64 bytes');
  }
  const out = new Uint8Array(length);
  sodium.crypto_generichash_batch(out, [labelBytes(label), ...parts], key);
  return out;
}

/** Keyed (or, with null, plain) BLAKE2b of bare bytes into `out`: hot paths that lay out label and parts themselves. */
export function hashRawInto(out: Uint8Array, key: Uint8Array | null, input: Uint8Array): void {
  sodium.crypto_generichash(out, input, key);
}
