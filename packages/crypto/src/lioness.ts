/**
 * LIONESS (Anderson and Biham 1996): a wide-block cipher of four rounds from ChaCha20 and keyed
 * BLAKE2b-256 (docs/spec/01-crypto.md, 7). Changing any bit makes the whole block random.
 * A key encrypts one block only, because the stream nonce is zero. Works in place.
 */
import { hashRawInto } from './hash.ts';
import { streamXor } from './stream.ts';

const LIONESS_LEFT = 32;
export const LIONESS_KEY_LENGTH = 128;

const streamKey = new Uint8Array(LIONESS_LEFT);
const digest = new Uint8Array(LIONESS_LEFT);

/** R ^= ChaCha20(L ^ k) */
function streamRound(left: Uint8Array, right: Uint8Array, k: Uint8Array): void {
  for (let i = 0; i < LIONESS_LEFT; i++) streamKey[i] = (left[i] as number) ^ (k[i] as number);
  streamXor(right, streamKey);
}

/** L ^= BLAKE2b-256(k, R) */
function hashRound(left: Uint8Array, right: Uint8Array, k: Uint8Array): void {
  hashRawInto(digest, k, right);
  for (let i = 0; i < LIONESS_LEFT; i++) left[i] = (left[i] as number) ^ (digest[i] as number);
}

/** The four round keys as views of one 128-byte key. Make them once per buffer on a hot path. */
export interface LionessKeys {
  readonly k1: Uint8Array;
  readonly k2: Uint8Array;
  readonly k3: Uint8Array;
  readonly k4: Uint8Array;
}

export function lionessKeys(key: Uint8Array): LionessKeys {
  return {
    k1: key.subarray(0, 32),
    k2: key.subarray(32, 64),
    k3: key.subarray(64, 96),
    k4: key.subarray(96, 128),
  };
}

/** @param block more than 32 bytes; encrypted in place */
export function lionessEncrypt(keys: LionessKeys, block: Uint8Array): void {
  const left = block.subarray(0, LIONESS_LEFT);
  const right = block.subarray(LIONESS_LEFT);
  streamRound(left, right, keys.k1);
  hashRound(left, right, keys.k2);
  streamRound(left, right, keys.k3);
  hashRound(left, right, keys.k4);
}

/** The inverse of `lionessEncrypt`, in place. */
export function lionessDecrypt(keys: LionessKeys, block: Uint8Array): void {
  const left = block.subarray(0, LIONESS_LEFT);
  const right = block.subarray(LIONESS_LEFT);
  hashRound(left, right, keys.k4);
  streamRound(left, right, keys.k3);
  hashRound(left, right, keys.k2);
  streamRound(left, right, keys.k1);
}
