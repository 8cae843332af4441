/** Caps of the box store in a Redis cluster (docs/limits.md). */
export const LIMITS = {
  /** Writes sent before one `WAIT`: bounds how long one of them waits for the others. */
  batchOperations: 256,
  /** Operations not yet settled; more are refused with `boxes-busy`. */
  waitingOperations: 16_384,
  /** How long a primary waits for a replica to have a batch; then its boxes are refused. */
  replicaMs: 1_000,
  /** A connection that leaves a command unanswered for so long is given up. */
  answerMs: 2_000,
  /** Time to connect and to log in. */
  connectMs: 1_000,
  /** An operation that found no node by then is refused; a failover takes longer than that. */
  operationMs: 2_500,
  /** Pause before an operation tries again what a node could not do just now. */
  retryMs: 100,
  /** Times one operation is sent to another node. */
  redirects: 8,
  /** Nodes named by a cluster's map. */
  nodes: 1_000,
  /** Bytes of one string in a reply; a record has 2,400. */
  replyBytes: 1_048_576,
  /** Items of one list in a reply, and lists inside lists. */
  replyItems: 65_536,
  replyDepth: 6,
  /** Keys asked of a node at a time when all are gone through. */
  scanKeys: 500,
  /** Refused boxes that may be there: how many are kept in mind, and for how long at least. */
  doubts: 16_384,
  doubtMs: 600_000,
  /** A process that ended without a word holds its edge's boxes for so long. */
  holdMs: 10_000,
  /** How often that is renewed. */
  holdRenewMs: 3_000,
} as const;

/** A record of the protocol. */
export const RECORD_LENGTH = 2_400;
/** A box id, an Ed25519 public key, at the start of a record. */
export const ID_LENGTH = 32;
