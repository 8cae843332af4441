/** Caps of this package (docs/limits.md). */

/** Tags of one epoch; the table is at most 2^30 slots of 8 bytes. */
export const REPLAY_CAPACITY_MAX = 805_306_368;
/** Epochs a guard holds at once: far more than keys accept together. */
export const REPLAY_EPOCHS_MAX = 16;
