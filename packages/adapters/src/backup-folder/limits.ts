/** Sizes and caps of backups (docs/spec/20-recovery.md, 2; docs/limits.md). */

/** Version of a head's plaintext. 1: 2026. */
export const BACKUP_VERSION = 1;
/** What a piece holds: 36 pages of a database, or one cell of files. */
export const PIECE_BYTES = 147_456;
/** A head, whole; its salt and nonce. */
export const HEAD_BYTES = 4_096;
export const SALT_BYTES = 32;
export const NONCE_BYTES = 24;
/** Name and key of a piece. */
export const ID_BYTES = 16;
export const KEY_BYTES = 32;
/** Pieces of the smallest folder; each step has 1.5 times as many. */
export const LEAST_PIECES = 64;
/** Pieces of a list: enough for 17 GB. */
export const MAX_LIST_PIECES = 64;
