/** What came of salvaging a damaged profile (docs/spec/20-recovery.md, 12). */
import * as v from 'valibot';

const time = v.number();
const count = v.number();
const span = { from: v.nullable(time), to: v.nullable(time) };

export const salvaged = v.object({
  profile: v.string(),
  contacts: count,
  /** Contacts of whom nothing but their conversation is left. */
  unnamed: count,
  messages: count,
  /** Of them, those that a rolling copy alone had. */
  messagesCopied: count,
  conversations: v.array(v.object({ name: v.string(), messages: count, ...span })),
  /** When messages are lost: at most so many, where that is known. */
  lost: v.array(v.object({ ...span, atMost: v.nullable(count) })),
  /** Other tables that lost rows of their own pages. */
  tables: v.array(v.string()),
  withFiles: v.boolean(),
  /** Pages of the database, those (and frames of the log) that did not hold, those a copy had as they were. */
  pages: count,
  damaged: count,
  repaired: count,
  /** Moments of rolling copies that were there. */
  copies: v.array(time),
  /** Rows of which nobody can say what they were. */
  unplaced: count,
});
