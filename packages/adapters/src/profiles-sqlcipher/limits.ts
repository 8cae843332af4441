/** Sizes and caps of the profile store (docs/spec/10-store.md, docs/limits.md). */

/** Prepared statements kept; the client's statements are fixed texts, well below this. */
export const STATEMENT_CACHE = 256;
