/**
 * Caps of the relay machines (docs/limits.md): everything a peer can make a relay hold. A relay
 * may be given lower ones; each full cap has a counter of its own.
 */
import { MINUTE, type Millis, SECOND } from '@tacet/base';

export interface MixLimits {
  /**
   * Packets waiting in the pool; more are shed before any work is done on them. The mix's own
   * loops go in on top of it, at most MAX_LOOPS_PENDING: they are few, and without them nobody
   * would notice what fills the pool.
   */
  readonly pool: number;
}

export interface EdgeLimits {
  /** Packets of clients waiting to enter layer 1. */
  readonly pool: number;
  /** Answers waiting for their moment. */
  readonly answers: number;
  /** Client links open at a time. */
  readonly links: number;
  /** Packets a second that all links in Transfer may bring together. */
  readonly transferPackets: number;
  /** Lost connections whose handle is kept. */
  readonly lostSessions: number;
  /** Replies queued for one client, and for all together. */
  readonly repliesEach: number;
  readonly repliesAll: number;
  /** Reads that wait for a box; the oldest is answered empty. */
  readonly standingReads: number;
  /** Commands given to the store and not yet settled. */
  readonly storePending: number;
  /** Marks of filled boxes that wait for a digest. */
  readonly marksPending: number;
  /** Boxes the store may hold: from half of that on new ones live shorter. */
  readonly boxes: number;
}

export const MIX_LIMITS: MixLimits = { pool: 16_384 };

export const EDGE_LIMITS: EdgeLimits = {
  pool: 16_384,
  answers: 16_384,
  links: 20_000,
  transferPackets: 1_000,
  lostSessions: 20_000,
  repliesEach: 64,
  repliesAll: 16_384,
  standingReads: 50_000,
  storePending: 16_384,
  marksPending: 65_536,
  boxes: 4_000_000,
};

/** A lost connection's handle and queue are kept this long. */
export const RESUME_MS: Millis = 10 * MINUTE;
/** Slots by which a frame may be late without the next one counting as early. */
export const LATE_SLOTS = 2;
/** The same in Transfer, whose slots are shorter than a line may stall for. */
export const TRANSFER_LATE_MS: Millis = SECOND;
/** Down frames go on at Transfer's rate for so many mean delays after it: for answers under way. */
export const TRANSFER_TAIL_DELAYS = 30;
/** Longest standing read, and how long before the end of its keys it must be answered. */
export const MAX_WAIT_MS: Millis = 5 * MINUTE;
export const WAIT_MARGIN_MS: Millis = 30 * SECOND;
/** Standing reads one filled box ends, those that came first; the others wait to their end. */
export const WAITS_ENDED = 64;
/** Part of the queues to the store and of answers up to which standing reads that end may fill them. */
export const STAND_SHARE = 0.75;
/** A box filled this long ago, or up to twice as long, ends a standing read for it at once. */
export const RECENT_FILL_MS: Millis = 10 * SECOND;
/** From a request's arrival to its answer, whatever the answer. */
export const TURNAROUND_MS: Millis = 10;
/** How often the store is asked how many boxes it holds. */
export const STORE_COUNT_MS: Millis = MINUTE;
/** Digests stay on the broadcast board this long. */
export const BOARD_MS: Millis = 60 * MINUTE;
/** Pages of digests on the board; the oldest give way. */
export const BOARD_PAGES = 16_384;
/** Separate stretches of pages one link has still to get; the oldest stretch is given up. */
export const BOARD_STRETCHES = 32;
/** Digests that lie further than this ahead of the edge's own clock are refused. */
export const DIGEST_AHEAD_MS: Millis = 5 * MINUTE;
/** Pairs of contradicting digests kept as evidence, one for each edge. */
export const FORKS_KEPT = 128;
/** Hashes other edges named and this one has never seen, kept until the next digest. */
export const DOUBTS_KEPT = 256;

/** Own loops of a mix under way; more are not made. */
export const MAX_LOOPS_PENDING = 4_096;
/** A loop that is not back this long after its own delays counts as lost. */
export const LOOP_SLACK_MS: Millis = 5 * SECOND;
/** Relays named in the sums of one epoch; the most used stay. Part of the descriptor's format. */
export const MAX_LOOP_COUNTS = 128;
