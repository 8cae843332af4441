/** Sizes and cost of the recovery phrase (docs/spec/20-recovery.md, 1). */

/** 128 bits and a checksum of four. */
export const PHRASE_WORDS = 12;
export const ENTROPY_BYTES = 16;
/** One derivation: 256 MiB, three passes. */
export const PHRASE_COST = { memoryKiB: 262_144, passes: 3 } as const;
