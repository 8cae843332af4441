/**
 * The primitives of the slow reference, from @noble alone. Nothing here or beside it imports the
 * packages under test, the byte helpers included.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';

export const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** Big-endian, `size` bytes. */
export const uint = (value: number, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** (size - 1 - i)) % 256);

export const readUint = (bytes: Uint8Array): number =>
  bytes.reduce((value, byte) => value * 256 + byte, 0);

export const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

export const label = (name: string): Uint8Array => {
  const text = [...`tacet/1/${name}`].map((c) => c.charCodeAt(0));
  return Uint8Array.from([text.length, ...text]);
};

export const hash = (name: string, ...parts: readonly Uint8Array[]): Uint8Array =>
  blake2b(join(label(name), ...parts), { dkLen: 32 });

export const hashKeyed = (
  key: Uint8Array,
  name: string,
  length: number,
  ...parts: readonly Uint8Array[]
): Uint8Array => blake2b(join(label(name), ...parts), { key, dkLen: length });

export const publicKey = (seed: Uint8Array): Uint8Array => ed25519.getPublicKey(seed);
export const sign = (seed: Uint8Array, message: Uint8Array): Uint8Array =>
  ed25519.sign(message, seed);

export function verify(key: Uint8Array, signature: Uint8Array, message: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

export const seal = (
  key: Uint8Array,
  nonce: Uint8Array,
  ad: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array => xchacha20poly1305(key, nonce, ad).encrypt(plaintext);

export function open(
  key: Uint8Array,
  nonce: Uint8Array,
  ad: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array | null {
  try {
    return xchacha20poly1305(key, nonce, ad).decrypt(ciphertext);
  } catch {
    return null;
  }
}
