/** Caps of this package (docs/limits.md). */

/** Memory of Argon2id in KiB. The cost is read from a file, so a damaged one must not take more. */
export const ARGON2_MEMORY_KIB_MAX = 4_194_304;

/** Passes of Argon2id, read from the same file. */
export const ARGON2_PASSES_MAX = 100;
