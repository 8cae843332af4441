/** ChaCha20 (RFC 8439, 2.4) with counter 0 and an all-zero nonce: the key is used once. */
import sodium from 'sodium-native';

const ZERO_NONCE = new Uint8Array(12);

/** Fills `out` with the key's stream: key expansion. */
export function streamInto(out: Uint8Array, key: Uint8Array): void {
  sodium.crypto_stream_chacha20_ietf(out, ZERO_NONCE, key);
}

/** XORs the key's stream over `buffer` in place. */
export function streamXor(buffer: Uint8Array, key: Uint8Array): void {
  sodium.crypto_stream_chacha20_ietf_xor(buffer, buffer, ZERO_NONCE, key);
}
