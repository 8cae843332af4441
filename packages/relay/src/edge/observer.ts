import type { Millis } from '@tacet/base';
import type { Frame, ReplyId } from '@tacet/onion';
import type { Mark } from '@tacet/wire';

/**
 * Hears what an edge knows of single packets, for measurements of delivery on a network of one's
 * own (docs/dev/measuring.md). No program that is shipped gives one: an edge remembers nothing.
 */
export interface EdgeObserver {
  /** A client's packet begins the wait that was drawn for it. */
  entered(packet: Frame, delay: Millis): void;
  /** A box is stored. */
  stored(mark: Mark): void;
  /** A reply joins the queue of its client; its frame leaves. */
  queued(replyId: ReplyId): void;
  told(replyId: ReplyId): void;
}
