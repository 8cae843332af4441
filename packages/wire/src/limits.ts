/** Caps on what a peer can make this package hold (docs/limits.md). */

/** Marks in one digest; an edge carries more than these over to its next digests. */
export const MAX_DIGEST_MARKS = 4_096;
/** Other edges named in one digest. */
export const MAX_DIGEST_SEEN = 127;
/** Bytes of the proof in a `greeting`: what a frame has left. */
export const MAX_PROOF = 12_278;
/** Bytes of one broadcast item. */
export const MAX_BROADCAST_ITEM = 4_194_304;
/** Items a reader puts together at one time, and their bytes; the oldest gives way. */
export const MAX_BROADCAST_UNFINISHED = 64;
export const MAX_BROADCAST_UNFINISHED_BYTES = 16_777_216;
/** Finished items a reader remembers, so that repeats cost nothing. */
export const MAX_BROADCAST_REMEMBERED = 4_096;
/** Results of digest checks kept by a `DigestCache`. */
export const MAX_DIGEST_CACHE = 512;
