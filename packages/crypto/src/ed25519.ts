/**
 * Ed25519 (RFC 8032). Verification is libsodium's strict one: S below the group order, a
 * canonical public key, neither public key nor R of small order. No prehash, no context:
 * callers put a label in front of the message.
 */
import sodium from 'sodium-native';
import { requireLength } from './errors.ts';

const ED_PUBLIC_LENGTH = 32;
export const ED_SIGNATURE_LENGTH = 64;

export interface EdKeyPair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes: seed | public key. */
  readonly secretKey: Uint8Array;
}

export function edKeyPair(seed: Uint8Array): EdKeyPair {
  requireLength(seed, 32, 'Ed25519 seed');
  const publicKey = new Uint8Array(ED_PUBLIC_LENGTH);
  const secretKey = new Uint8Array(64);
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed);
  return { publicKey, secretKey };
}

export function edSign(secretKey: Uint8Array, message: Uint8Array): Uint8Array {
  requireLength(secretKey, 64, 'Ed25519 secret key');
  const signature = new Uint8Array(ED_SIGNATURE_LENGTH);
  sodium.crypto_sign_detached(signature, message, secretKey);
  return signature;
}

/** False for anything that is not a valid signature, wrong lengths included. */
export function edVerify(
  publicKey: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): boolean {
  if (publicKey.length !== ED_PUBLIC_LENGTH || signature.length !== ED_SIGNATURE_LENGTH) {
    return false;
  }
  return sodium.crypto_sign_verify_detached(signature, message, publicKey);
}
