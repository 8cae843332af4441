/** Caps of client links (docs/limits.md). */
export const LIMITS = {
  /** Bytes of the one message size there is. */
  frame: 12_288,
  /** The one HTTP request that opens a link, whole. */
  headBytes: 4_096,
  /** TCP, TLS, upgrade, greeting and hello together. */
  handshakeMs: 10_000,
  /** Connections in their handshake, from TLS to hello. */
  halfOpen: 256,
  /** While there are that many, one that was silent for so long gives way to the first in line. */
  halfOpenGraceMs: 3_000,
  /** Connections that wait for such a place, and how long one may: half of what a client waits. */
  line: 2_048,
  lineMs: 5_000,
  /**
   * Every connection waits this long in its place before TLS: with the places of a prefix that makes
   * forty handshakes a second for one address, and nothing about it is kept.
   */
  pauseMs: 100,
  /** Connections of one IPv4 address or one IPv6 /56; this machine itself is not counted. */
  perPrefix: 4,
  /** Clients connected at a time. */
  clients: 10_000,
  /** Frames waiting for a peer that does not read; then it is cut off: an edge, a client. */
  waitingDown: 16,
  waitingUp: 32,
  /** A link on which nothing came for so long is dead: longer than the longest slot. */
  silenceMs: 120_000,
  /** Down frames a client's edge may owe before the link is dead, and the least time for it. */
  silentFrames: 20,
  silenceMinMs: 15_000,
  /** First TCP keep-alive probe of a silent link. */
  keepAliveMs: 5_000,
  /** A connection that was told to close has so long to do it. */
  lingerMs: 1_000,
} as const;

/** Bytes one frame takes in TLS records: frame, WebSocket header (with its mask), record. */
export const UP_BYTES = 12_318;
export const DOWN_BYTES = 12_314;
/**
 * Longest plaintext of a record: one message with its WebSocket header. Frames that wait for the
 * socket are written in one piece; so each still has a record of its own, and all look the same.
 */
export const UP_FRAGMENT = 12_296;
export const DOWN_FRAGMENT = 12_292;
/** The only path there is. */
export const PATH = '/tacet/1';
