/** Fresh entropy mixed into streams (docs/spec/07-streams.md 7). */
export const HEALING = `
CREATE TABLE healing (
  contact_id INTEGER PRIMARY KEY REFERENCES contacts(id) ON DELETE CASCADE,
  -- Writer: what the next entropy is mixed with; generation in force, its first index, since when.
  out_secret BLOB, out_generation INTEGER NOT NULL DEFAULT 0,
  out_first INTEGER NOT NULL DEFAULT 0, out_at INTEGER NOT NULL DEFAULT 0,
  -- What was offered last: in force at that index once that sequence is receipted.
  offer_idx INTEGER, offer_day INTEGER, offer_entropy BLOB, offer_seq INTEGER,
  -- Reader: the same, and the chains of the generation that may come next.
  in_secret BLOB, in_generation INTEGER NOT NULL DEFAULT 0,
  next_idx INTEGER, next_day INTEGER, next_secret BLOB,
  next_chain BLOB, next_beacon BLOB, next_beacon_day INTEGER
);
-- 1: a box of a generation that ended, likely never written: waited for, not asked for.
ALTER TABLE watches ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;
`;
