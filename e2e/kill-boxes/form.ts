/** What `run.ts` and the process it kills agree on. */

/** Of the network both make for themselves. */
export const NETWORK_SEED = 'kill boxes';
/** First octet of an answer that holds records (docs/spec/05-boxes.md, 6). */
export const READ = 4;
/** Where a request's token stands in its reply block; nothing else there is true. */
export const TOKEN_AT = 0;
