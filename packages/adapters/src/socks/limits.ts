/** Caps of talking to a SOCKS server (docs/limits.md). */

/** Bytes of its longest answer: 4, a name with its length, a port. */
export const MAX_ANSWER_BYTES = 262;
/** Characters of the name and password that keep circuits apart. */
export const ISOLATION_CHARS = 32;
