/** How far a message is, in numbers: what a test that saw one state may see next. */
import type { MessageStateName } from '@tacet/api';

/**
 * A state never goes to a lower rank but from `failed` to `queued`, when its writer tries again; of
 * those of rank 4 none becomes another.
 */
export const STATE_RANK: Readonly<Record<MessageStateName, number>> = {
  queued: 0,
  sending: 1,
  unconfirmed: 2,
  stored: 3,
  delivered: 4,
  failed: 4,
  received: 4,
  read: 5,
};
