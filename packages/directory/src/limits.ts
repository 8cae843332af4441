/**
 * Caps of the directory's formats (docs/limits.md). Those called part of the format bind every
 * implementation: with other values it would disagree about what is valid.
 */

/** A document as published, signatures included; part of the format. */
export const MAX_DOCUMENT_BYTES = 4_194_304;
/** A signed descriptor: 32 keys, identity, two signatures, short fields; part of the format. */
export const MAX_DESCRIPTOR_BYTES = 65_536;
/** A vote with its signatures: 128 descriptors of the largest size; part of the format. */
export const MAX_VOTE_BYTES = 8_519_680;
/** Attempts at an immediate document within one epoch; part of the format. */
export const MAX_VOTE_ATTEMPT = 65_535;
/** CBOR items in one structure, so that few bytes cannot become many objects; part of the format. */
export const MAX_CBOR_ITEMS = 32_768;
/** Relays of a network, and edges of a store generation; part of the format. */
export const MAX_RELAYS = 128;
/** Packet keys in one descriptor, and epochs a document is valid; part of the format. */
export const MAX_KEYS = 32;
/** Authorities of a network, and signatures of a document; part of the format. */
export const MAX_AUTHORITIES = 9;
/** Store generations alive at a time; part of the format. */
export const MAX_GENERATIONS = 4;
/** Days between two store generations; authorities keep it. */
export const MIN_GENERATION_DAYS = 7;
/** UTF-8 bytes of a network's name or an operator family; part of the format. */
export const MAX_NAME_BYTES = 32;
/** Characters of `host:port`; part of the format. */
export const MAX_ADDRESS_BYTES = 260;
/** Characters of a relay's source URL; part of the format. */
export const MAX_SOURCE_URL_BYTES = 200;
/** Bytes of Echo's reusable address; part of the format. */
export const MAX_ECHO_BYTES = 4_096;
/** Bytes of a release statement; part of the format. */
export const MAX_RELEASE_BYTES = 512;
/** Characters of a network card, prefix included; part of the format. */
export const MAX_CARD_CHARS = 600;
/** Edges named by a card; part of the format. */
export const MAX_CARD_EDGES = 8;
/** Capacity a relay may declare, packets per second; part of the format. */
export const MAX_CAPACITY = 100_000;
/** Requests per 1,000 s a mix may report: its greatest capacity; part of the format. */
export const MAX_REQUEST_RATE = 100_000_000;
/** Relays a descriptor reports loops of; part of the format. */
export const MAX_LOOP_REPORTS = 128;
/** Loops one report may count; part of the format. */
export const MAX_LOOPS = 4_294_967_295;

/** Documents one book holds; the newest stay. */
export const MAX_HELD_DOCUMENTS = 6;
/** Pairs of contradicting documents one book keeps as evidence. */
export const MAX_EVIDENCE = 4;
/** Draws of a path before the best one seen is taken. */
export const MAX_PATH_DRAWS = 8;
/** Paths drawn by a mix until one leads through it; with 40 mixes in its layer 10^-11 miss. */
export const MAX_LOOP_DRAWS = 1_024;
