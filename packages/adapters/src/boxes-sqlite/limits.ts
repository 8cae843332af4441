/** Caps of the SQLite box store (docs/limits.md). */
export const LIMITS = {
  /** Operations in one group commit: bounds how long a read waits behind writes. */
  batchOperations: 256,
  /** Batches given to the worker: while it commits one the next is there already. */
  batchesGiven: 2,
  /** Operations waiting for the worker; more are refused with `boxes-busy`. */
  waitingOperations: 16_384,
  /** Day files open at once: 21 days of life, and room for clocks and shrinking life. */
  dayFiles: 64,
  /** Boxes of one day file. */
  dayBoxes: 16_777_215,
  /** Records erased in one step of `expire`, about 10 ms. */
  eraseStep: 200,
  /** So long after a write at the latest logs of changes are emptied (they show an order). */
  checkpointMs: 30_000,
  /** Bytes of a day's log of changes, before they go into the table of marks. */
  changeBytes: 1_048_576,
  /** Of a page of a day's database. */
  pageBytes: 8_192,
  /** Page cache of a day's database, in KiB. */
  cacheKiB: 64,
  /** Young objects of the worker, in MB. */
  nurseryMB: 4,
  /** Buffers of batches that are kept to be used again. */
  spareBuffers: 3,
  /** Places of a day made free ahead of the boxes that will take them. */
  freePlaces: 256,
  /** Bytes that are given back to the disk in one step when a day is dropped. */
  dropStep: 8_388_608,
} as const;

/** A record of the protocol. */
export const RECORD_LENGTH = 2_400;
/** A box id, an Ed25519 public key. */
export const ID_LENGTH = 32;
