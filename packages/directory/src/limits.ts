/**
 * Caps of the directory's formats (docs/limits.md). Those marked wire are part of the format:
 * an implementation with other values would disagree about what is valid.
 */

/** Wire. A document as published, signatures included. */
export const MAX_DOCUMENT_BYTES = 4_194_304;
/** Wire. A signed descriptor: 32 keys, identity, two signatures and the short fields. */
export const MAX_DESCRIPTOR_BYTES = 65_536;
/** Wire. CBOR items in one structure: bounds what a small input can make a decoder allocate. */
export const MAX_CBOR_ITEMS = 32_768;
/** Wire. */
export const MAX_RELAYS = 128;
/** Wire. Packet keys in one descriptor. */
export const MAX_KEYS = 32;
/** Wire. */
export const MAX_AUTHORITIES = 9;
/** Wire. Store generations alive at a time. */
export const MAX_GENERATIONS = 4;
/** Wire. Days between two store generations. */
export const MIN_GENERATION_DAYS = 7;
/** Wire. UTF-8 bytes of a network's name or an operator family. */
export const MAX_NAME_BYTES = 32;
/** Wire. `host:port`. */
export const MAX_ADDRESS_BYTES = 260;
/** Wire. */
export const MAX_SOURCE_URL_BYTES = 200;
/** Wire. Echo's reusable address. */
export const MAX_ECHO_BYTES = 4_096;
/** Wire. Characters of a network card, prefix included. */
export const MAX_CARD_CHARS = 600;
/** Wire. Edges named by a card. */
export const MAX_CARD_EDGES = 8;
/** Wire. Capacity a relay may declare, packets per second. */
export const MAX_CAPACITY = 100_000;

/** Documents one book holds; the newest stay. */
export const MAX_HELD_DOCUMENTS = 6;
/** Pairs of contradicting documents one book keeps as evidence. */
export const MAX_EVIDENCE = 4;
/** Draws of a path before the best one seen is taken. */
export const MAX_PATH_DRAWS = 8;
