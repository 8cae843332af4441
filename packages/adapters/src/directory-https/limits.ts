/** Caps of this folder (docs/limits.md); the sizes of bodies stand in packages/directory. */

/** Connections to one authority at a time. */
export const MAX_CONNECTIONS = 128;
/** A request has this long from connection to answer. */
export const REQUEST_TIMEOUT_MS = 30_000;
/** Bytes of a request's or an answer's headers. */
export const MAX_HEADER_BYTES = 4_096;
/** Documents a client fetches in one go. */
export const MAX_FETCHED_DOCUMENTS = 8;
