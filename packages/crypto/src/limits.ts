/** Caps of this package (docs/limits.md). Costs come from files, so they are bounded. */
export const ARGON2_MEMORY_KIB_MAX = 4_194_304;
export const ARGON2_PASSES_MAX = 100;
