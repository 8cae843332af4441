/** A BoxStore in SQLite files on this machine, one file for each expiry day, in a worker thread. */
export { LIMITS as BOXES_LIMITS } from './limits.ts';
export { type BoxesOptions, openBoxes } from './store.ts';
