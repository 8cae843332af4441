/** Caps of relay links (docs/limits.md). */
export const LIMITS = {
  /** Bytes of a frame; there is nothing else on a link. */
  frame: 12_288,
  /** One record of TLS is at most 16 kB; a larger buffer saves calls under load. */
  receiveBuffer: 65_536,
  /** Frames of one write; the rest wait in our own queue, where the oldest can be dropped. */
  socketFrames: 32,
  /** Frames waiting for one link; more drop the oldest. */
  queueFrames: 1_024,
  /** A frame that waited longer than this for a link is dropped: its sender has sent it again. */
  queueMs: 5_000,
  /** TCP and TLS handshake together. */
  handshakeMs: 10_000,
  /** A socket that takes nothing for so long is closed. */
  stuckMs: 15_000,
  /** First TCP keep-alive probe of a silent link; the system gives up some ten seconds later. */
  keepAliveMs: 5_000,
  /** First and longest pause before dialling again. */
  reconnectFirstMs: 100,
  reconnectCapMs: 15_000,
  /** A link that held for so long starts its pauses anew. */
  steadyMs: 5_000,
  /** Sockets of all peers and strangers on the listening side. */
  connections: 1_024,
  /** What `close` waits for frames on their way. */
  drainMs: 1_000,
} as const;

/** Those that whoever opens the links may set. */
export type RelayLimits = {
  readonly [name in 'handshakeMs' | 'stuckMs' | 'connections']: number;
};
