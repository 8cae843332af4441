export type { HybridPublicKey, HybridSignature, KemPublicKey } from './types.ts';
