/** Layer 1: the only door to cryptographic primitives and to the system's randomness. */
export { type Argon2Cost, argon2id } from './argon2.ts';
export { BOX_OVERHEAD, openBox, sealBox } from './box.ts';
export {
  ED_SIGNATURE_LENGTH,
  type EdKeyPair,
  edKeyPair,
  edSign,
  edVerify,
} from './ed25519.ts';
export { hash, hashKeyed, hashRawInto } from './hash.ts';
export { openHeader, sealHeader } from './header.ts';
export { hmacSha512 } from './hmac.ts';
export {
  classicalVerify,
  HYBRID_PUBLIC_LENGTH,
  HYBRID_SIGNATURE_LENGTH,
  type HybridKeyPair,
  hybridKeyPair,
  hybridPublicKeyBytes,
  hybridPublicKeyFrom,
  hybridSignatureBytes,
  hybridSignatureFrom,
  hybridVerify,
} from './hybrid.ts';
export {
  KEM_PUBLIC_LENGTH,
  type KemKeyPair,
  kemEncapsulate,
  kemKeyPair,
  kemPublicKeyFrom,
} from './kem.ts';
export { LABELS, type Label, labelBytes } from './labels.ts';
export { ARGON2_MEMORY_KIB_MAX, ARGON2_PASSES_MAX } from './limits.ts';
export {
  LIONESS_KEY_LENGTH,
  type LionessKeys,
  lionessDecrypt,
  lionessEncrypt,
  lionessKeys,
} from './lioness.ts';
export { macEqual, macInto } from './mac.ts';
export { streamRng, systemRng } from './rng.ts';
export { equalSecret, wipe } from './secret.ts';
export { streamInto, streamXor } from './stream.ts';
export type { HybridPublicKey, HybridSignature, KemPublicKey } from './types.ts';
export { x25519, x25519Public } from './x25519.ts';
