/**
 * What the slow reference stands on: @noble and Node's own text decoder. Nothing here or beside it
 * imports the packages under test, byte helpers included.
 */
import { chacha20, xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { ml_kem768_x25519 as XWing } from '@noble/post-quantum/hybrid.js';

export const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(Buffer.concat(parts));

export const uint = (value: number, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** (size - 1 - i)) % 256);

/** Spec 01, 2 and 3. */
export function hash(name: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const text = Buffer.from(`tacet/1/${name}`, 'ascii');
  return blake2b(join(uint(text.length, 1), text, ...parts), { dkLen: 32 });
}

/** Spec 01, 3: the length of the result stands in BLAKE2b's parameter block. */
export function prf(
  key: Uint8Array,
  name: string,
  length: number,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  const text = Buffer.from(`tacet/1/${name}`, 'ascii');
  return blake2b(join(uint(text.length, 1), text, ...parts), { dkLen: length, key });
}

/** Spec 01, 4. */
export const stream = (key: Uint8Array, length: number): Uint8Array =>
  chacha20(key, new Uint8Array(12), new Uint8Array(length));

/** XChaCha20-Poly1305, ciphertext and tag. */
export const sealWith = (
  key: Uint8Array,
  nonce: Uint8Array,
  ad: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array => xchacha20poly1305(key, nonce, ad).encrypt(plaintext);

/** Null where the tag does not hold. */
export function openWith(
  key: Uint8Array,
  nonce: Uint8Array,
  ad: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | null {
  try {
    return xchacha20poly1305(key, nonce, ad).decrypt(sealed);
  } catch {
    return null;
  }
}

/** Spec 05: Ed25519 over `label(name) | parts`. */
export const edSign = (
  seed: Uint8Array,
  name: string,
  ...parts: readonly Uint8Array[]
): Uint8Array => ed25519.sign(labelled(name, parts), seed);
export const edHolds = (
  publicKey: Uint8Array,
  signature: Uint8Array,
  name: string,
  ...parts: readonly Uint8Array[]
): boolean => ed25519.verify(signature, labelled(name, parts), publicKey, { zip215: false });

const labelled = (name: string, parts: readonly Uint8Array[]): Uint8Array => {
  const text = Buffer.from(`tacet/1/${name}`, 'ascii');
  return join(uint(text.length, 1), text, ...parts);
};

export const utf8 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf8'));

/** Throws for anything but one encoding of code points. */
export const fromUtf8 = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

export const edPublicKey = (seed: Uint8Array): Uint8Array => ed25519.getPublicKey(seed);

/** Nonce zeros. */
export const seal = (key: Uint8Array, ad: Uint8Array, plaintext: Uint8Array): Uint8Array =>
  xchacha20poly1305(key, new Uint8Array(24), ad).encrypt(plaintext);
export const open = (key: Uint8Array, ad: Uint8Array, sealed: Uint8Array): Uint8Array =>
  xchacha20poly1305(key, new Uint8Array(24), ad).decrypt(sealed);

/** X-Wing: the public key of a 32-byte seed, and the secret in a ciphertext. */
export const kemPublicKey = (seed: Uint8Array): Uint8Array => XWing.keygen(seed).publicKey;
/** X-Wing's secret key is its seed. */
export const kemSecret = (seed: Uint8Array, ciphertext: Uint8Array): Uint8Array =>
  XWing.decapsulate(ciphertext, seed);
