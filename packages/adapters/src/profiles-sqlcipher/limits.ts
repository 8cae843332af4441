/** Sizes, costs and caps of the profile store (docs/spec/10-store.md, docs/limits.md). */

/** Version of the header's plaintext. 1: 2026. */
export const HEADER_VERSION = 1;
/** The salt all slots share. */
export const SALT_BYTES = 32;
/** A slot's header, whole. */
export const HEAD_BYTES = 4_096;
/** Its nonce. */
export const NONCE_BYTES = 24;
/** Slot keys, database keys, keychain secrets. */
export const KEY_BYTES = 32;
/** SQLCipher's page: a data file has one at least. */
export const PAGE_BYTES = 4_096;
/** Header of SQLite's write-ahead log. */
export const LOG_HEADER_BYTES = 32;
/** A frame of it: its own header and a page. */
export const LOG_FRAME_BYTES = 24 + PAGE_BYTES;
/** Pages looked over, a tenth of a millisecond, before others run. */
export const SLICE_PAGES = 16;
/** Milliseconds between two such slices behind an opening: some 25 MB a second. */
export const SLICE_PAUSE = 2;

/** One unlock: 256 MiB, three passes. A header opens under this cost and no other. */
export const PASSPHRASE_COST = { memoryKiB: 262_144, passes: 3 } as const;
/** Longest passphrase, in bytes of UTF-8. */
export const PASSPHRASE_MAX = 1_024;

/** Prepared statements kept; the client's statements are fixed texts, well below this. */
export const STATEMENT_CACHE = 1_024;
/** Pages of the log after which it goes into the data file: SQLite's own number. */
export const LOG_PAGES = 1_000;
