/**
 * ChaCha20-Poly1305 (RFC 8439, 12-byte nonce) with a detached tag, for the onion's header layers.
 * Buffers are the caller's, so that the hot path allocates nothing.
 */
import sodium from 'sodium-native';

/** Encrypts `plaintext` into `out` (same length, may be the same memory) and writes `tag` (16). */
export function sealHeader(
  out: Uint8Array,
  tag: Uint8Array,
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  ad: Uint8Array,
): void {
  sodium.crypto_aead_chacha20poly1305_ietf_encrypt_detached(
    out,
    tag,
    plaintext,
    ad,
    null,
    nonce,
    key,
  );
}

/** False, with `out` undefined, when the tag does not match. */
export function openHeader(
  out: Uint8Array,
  key: Uint8Array,
  nonce: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
  ad: Uint8Array,
): boolean {
  try {
    sodium.crypto_aead_chacha20poly1305_ietf_decrypt_detached(
      out,
      null,
      ciphertext,
      tag,
      ad,
      nonce,
      key,
    );
  } catch {
    return false;
  }
  return true;
}
