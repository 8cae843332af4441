/** Sizes, costs and caps of the profile store (docs/spec/10-store.md, docs/limits.md). */

import { DAY, HOUR } from '@tacet/base';

/** Version of the header's plaintext. 1, 2: 2026. */
export const HEADER_VERSION = 2;
/** Slots of every vault, whatever they hold. */
export const SLOTS = 4;
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
/** The first step of a data file at rest; the next are half as large again each. */
export const DATA_STEP = 512;
/** The first step of cells above none. */
export const CELLS_STEP = 16;
/** While one is open, data files of all slots grow by this part of the first step at a time. */
export const DATA_GROWTH = 1 / 2;
/** They do before work begins on a database that has less of the first step left than this. */
export const DATA_MARGIN = 1 / 8;
/** Cells by which those of all slots grow at a time. */
export const CELLS_GROWTH = 8;
/** Bytes on the disk below which files no longer grow together: what is left is for the open profile. */
export const GROWTH_SPARE = 16_777_216;
/** Rolling copies of every slot. */
export const ROLLING_COPIES = 2;
/** Version of a rolling copy's head. 1: 2026. */
export const ROLLING_VERSION = 1;
/** What a chunk of a rolling copy holds: sixteen pages. */
export const ROLLING_CHUNK = 16 * PAGE_BYTES;
/** Milliseconds: so often one is made; from this age on the older one gives way; at this one each is destroyed. */
export const ROLLING_EVERY = DAY;
export const ROLLING_OLDER = 6 * DAY;
export const ROLLING_LIFE = 7 * DAY - HOUR;
/** One of a moment so far ahead is of a clock that was wrong, and is destroyed. */
export const ROLLING_AHEAD = HOUR;
/** Bytes a rolling copy leaves on the disk for each slot. */
export const ROLLING_SPARE = 16_777_216;
/** Milliseconds, counted from when the root is known, in whose multiples a passphrase is answered. */
export const ANSWER_STEP = 250;
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
