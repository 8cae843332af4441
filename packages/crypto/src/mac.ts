/** Poly1305 (RFC 8439, 2.5) under a key that authenticates one message and no second. */
import sodium from 'sodium-native';

/** @param out 16 bytes; @param oneTimeKey 32 bytes */
export function macInto(out: Uint8Array, oneTimeKey: Uint8Array, message: Uint8Array): void {
  sodium.crypto_onetimeauth(out, message, oneTimeKey);
}

export function macEqual(tag: Uint8Array, oneTimeKey: Uint8Array, message: Uint8Array): boolean {
  return sodium.crypto_onetimeauth_verify(tag, message, oneTimeKey);
}
