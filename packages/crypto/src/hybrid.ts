/**
 * Signatures of relays, authorities and people: Ed25519 and ML-DSA-65 over the same bytes, and
 * both must verify (docs/spec/01-crypto.md, 5). The message is u8(length) | label | parts.
 */
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as nodeSign,
  verify as nodeVerify,
} from 'node:crypto';
import { concat } from '@tacet/base';
import { ED_SIGNATURE_LENGTH, edKeyPair, edSign, edVerify } from './ed25519.ts';
import { badKey, requireLength } from './errors.ts';
import { type Label, labelBytes } from './labels.ts';
import { plain } from './plain.ts';
import type { HybridPublicKey, HybridSignature } from './types.ts';

export const HYBRID_PUBLIC_LENGTH = 1_984;
export const HYBRID_SIGNATURE_LENGTH = 3_373;
const MLDSA_PUBLIC = 1_952;
const MLDSA_SIGNATURE = 3_309;

export interface HybridKeyPair {
  readonly publicKey: HybridPublicKey;
  sign(label: Label, ...parts: readonly Uint8Array[]): HybridSignature;
  /** The Ed25519 half alone, for messages that expire within the hour (digests). */
  signClassical(label: Label, ...parts: readonly Uint8Array[]): Uint8Array;
}

/** @param seed 64 bytes: Ed25519 seed 32 | ML-DSA-65 seed 32 */
export function hybridKeyPair(seed: Uint8Array): HybridKeyPair {
  requireLength(seed, 64, 'hybrid seed');
  const ed = edKeyPair(seed.subarray(0, 32));
  const ml = createPrivateKey({
    key: seed.subarray(32),
    format: 'raw-seed',
    asymmetricKeyType: 'ml-dsa-65',
  });
  const publicKey: HybridPublicKey = {
    ed25519: ed.publicKey,
    mldsa65: plain(createPublicKey(ml).export({ format: 'raw-public' })),
  };
  return {
    publicKey,
    sign(label, ...parts) {
      const message = concat(labelBytes(label), ...parts);
      return {
        ed25519: edSign(ed.secretKey, message),
        mldsa65: plain(nodeSign(null, message, ml)),
      };
    },
    signClassical(label, ...parts) {
      return edSign(ed.secretKey, concat(labelBytes(label), ...parts));
    },
  };
}

/** Imported ML-DSA keys by identity of their bytes, which must not change. */
const imported = new WeakMap<Uint8Array, KeyObject>();

function importKey(bytes: Uint8Array): KeyObject | null {
  let key = imported.get(bytes);
  if (key === undefined) {
    if (bytes.length !== MLDSA_PUBLIC) return null;
    try {
      key = createPublicKey({ key: bytes, format: 'raw-public', asymmetricKeyType: 'ml-dsa-65' });
    } catch {
      return null;
    }
    imported.set(bytes, key);
  }
  return key;
}

/** True only when both halves verify. Never throws. */
export function hybridVerify(
  publicKey: HybridPublicKey,
  signature: HybridSignature,
  label: Label,
  ...parts: readonly Uint8Array[]
): boolean {
  const message = concat(labelBytes(label), ...parts);
  if (!edVerify(publicKey.ed25519, signature.ed25519, message)) return false;
  const key = importKey(publicKey.mldsa65);
  if (key === null || signature.mldsa65.length !== MLDSA_SIGNATURE) return false;
  return nodeVerify(null, message, key, signature.mldsa65);
}

/** The counterpart of `signClassical`. */
export function classicalVerify(
  publicKey: HybridPublicKey,
  signature: Uint8Array,
  label: Label,
  ...parts: readonly Uint8Array[]
): boolean {
  return edVerify(publicKey.ed25519, signature, concat(labelBytes(label), ...parts));
}

/** 1,984 bytes: Ed25519 32 | ML-DSA-65 1,952. */
export function hybridPublicKeyBytes(key: HybridPublicKey): Uint8Array {
  return concat(key.ed25519, key.mldsa65);
}

export function hybridPublicKeyFrom(bytes: Uint8Array): HybridPublicKey {
  if (bytes.length !== HYBRID_PUBLIC_LENGTH) throw badKey('hybrid public key');
  const mldsa65 = Uint8Array.from(bytes.subarray(32));
  if (importKey(mldsa65) === null) throw badKey('hybrid public key');
  return { ed25519: Uint8Array.from(bytes.subarray(0, 32)), mldsa65 };
}

/** 3,373 bytes: Ed25519 64 | ML-DSA-65 3,309. */
export function hybridSignatureBytes(signature: HybridSignature): Uint8Array {
  return concat(signature.ed25519, signature.mldsa65);
}

export function hybridSignatureFrom(bytes: Uint8Array): HybridSignature {
  if (bytes.length !== HYBRID_SIGNATURE_LENGTH) throw badKey('hybrid signature');
  return {
    ed25519: Uint8Array.from(bytes.subarray(0, ED_SIGNATURE_LENGTH)),
    mldsa65: Uint8Array.from(bytes.subarray(ED_SIGNATURE_LENGTH)),
  };
}
