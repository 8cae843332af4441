/** Caps of this package (docs/limits.md). */

/** Replay tags of one epoch; the table has at most 2^30 slots of 8 bytes. A full set drops packets. */
export const REPLAY_CAPACITY_MAX = 805_306_368;

/** Epochs with a replay set at once, far more than a relay's keys accept together. */
export const REPLAY_EPOCHS_MAX = 16;
