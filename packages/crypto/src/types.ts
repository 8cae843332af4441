/** Shapes shared by those who sign and those who check. */
import type { Bytes } from '@tacet/base';

/** Ed25519 public key 32 bytes and ML-DSA-65 public key 1,952 bytes; both halves must verify. */
export interface HybridPublicKey {
  readonly ed25519: Uint8Array;
  readonly mldsa65: Uint8Array;
}

/** Ed25519 64 bytes and ML-DSA-65 3,309 bytes. */
export interface HybridSignature {
  readonly ed25519: Uint8Array;
  readonly mldsa65: Uint8Array;
}

/** X-Wing public key, 1,216 bytes. Public. */
export type KemPublicKey = Bytes<'KemPublicKey'>;
