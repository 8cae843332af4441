/** X25519 (RFC 7748). A result of all zeros (a point of small order) is refused. */
import sodium from 'sodium-native';
import { requireLength } from './errors.ts';

export function x25519Public(secret: Uint8Array): Uint8Array {
  requireLength(secret, 32, 'X25519 secret');
  const out = new Uint8Array(32);
  sodium.crypto_scalarmult_base(out, secret);
  return out;
}

/** Null when the result is all zeros. */
export function x25519(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | null {
  requireLength(secret, 32, 'X25519 secret');
  requireLength(publicKey, 32, 'X25519 public key');
  const out = new Uint8Array(32);
  return x25519Into(out, secret, publicKey) ? out : null;
}

/** The same into the caller's 32 bytes; false, with `out` undefined, for an all-zero result. */
export function x25519Into(out: Uint8Array, secret: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    sodium.crypto_scalarmult(out, secret, publicKey);
  } catch {
    return false;
  }
  return true;
}
