/** XChaCha20-Poly1305: records and everything kept at rest. Result: ciphertext | tag 16. */
import sodium from 'sodium-native';
import { requireLength } from './errors.ts';

export const BOX_OVERHEAD = 16;

/** @param key 32 bytes; @param nonce 24 bytes, never used twice with one key and other bytes */
export function sealBox(
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  ad: Uint8Array | null = null,
): Uint8Array {
  requireLength(key, 32, 'box key');
  requireLength(nonce, 24, 'box nonce');
  const out = new Uint8Array(plaintext.length + BOX_OVERHEAD);
  sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(out, plaintext, ad, null, nonce, key);
  return out;
}

/** Null when the key, nonce, associated data or any byte differs from what was sealed. */
export function openBox(
  key: Uint8Array,
  nonce: Uint8Array,
  ciphertext: Uint8Array,
  ad: Uint8Array | null = null,
): Uint8Array | null {
  requireLength(key, 32, 'box key');
  requireLength(nonce, 24, 'box nonce');
  if (ciphertext.length < BOX_OVERHEAD) return null;
  const out = new Uint8Array(ciphertext.length - BOX_OVERHEAD);
  try {
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(out, null, ciphertext, ad, nonce, key);
  } catch {
    return null;
  }
  return out;
}
