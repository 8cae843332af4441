/** Caps of the SQLite box store (docs/limits.md). */
export const LIMITS = {
  /** Operations in one group commit: bounds how long a read waits behind writes. */
  batchOperations: 512,
  /** Operations waiting for the worker; more are refused with `boxes-busy`. */
  waitingOperations: 16_384,
  /** Day files open at once: 21 days of life, and room for clocks and shrinking life. */
  dayFiles: 64,
  /** Marks read in one step while a day's index is loaded, about 6 ms. */
  indexStep: 20_000,
  /** Records erased in one step of `expire`, about 10 ms. */
  eraseStep: 200,
  /** After so long without a write the write-ahead logs are emptied (they show an order). */
  idleCheckpointMs: 30_000,
} as const;

/** A record of the protocol; shorter rows are what is left of an erased one. */
export const RECORD_LENGTH = 2_400;
/** A box id, an Ed25519 public key. */
export const ID_LENGTH = 32;
/** id 32, hash of the record 32. */
export const REMNANT_LENGTH = 64;
