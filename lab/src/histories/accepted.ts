/** The model: the texts that daemons accepted, and how far each was seen to be. */
import type { Evidence, MessageView } from '@tacet/client';
import { STATE_RANK } from '@tacet/testkit';

export const DONE = STATE_RANK.delivered;

export interface Accepted {
  readonly from: 0 | 1;
  readonly text: string;
  readonly id: string;
  /** The last text its writer saw when writing it: it follows that one. */
  readonly after: string | null;
  /** The text it answers. */
  readonly answers: string | null;
  /** What one of them knew of it went with a store that was set back: it may come once, or never. */
  excused: boolean;
  rank: number;
  facts: readonly Evidence[];
}

/** What each of the two sees, by place. */
export type Lists = readonly [readonly MessageView[], readonly MessageView[]];
