/**
 * Contents beyond plain texts (docs/spec/14-content.md). Every content, of either side, is a row of
 * `messages`: lines of the conversation have `listed` 1, acts upon them 0. `text` is what a line says
 * now; when it goes it becomes '' in the transaction that removes it, so that a trigger on
 * `UPDATE OF text, listed` keeps every copy of it true.
 */
export const CONTENT = `
-- Number of the envelope it came in or left in; null until encrypted.
ALTER TABLE messages ADD COLUMN seq INTEGER;
ALTER TABLE messages ADD COLUMN listed INTEGER NOT NULL DEFAULT 1;
-- Its place: ms, then the count of answers within that time.
ALTER TABLE messages ADD COLUMN place_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN place_sub INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN parent BLOB;
-- 1: on arrival something stood below it already.
ALTER TABLE messages ADD COLUMN late_arrival INTEGER NOT NULL DEFAULT 0;
-- Seconds; of a timer line what it sets (0: off).
ALTER TABLE messages ADD COLUMN lifetime INTEGER;
-- When this row loses its text, or (gone = 1) is forgotten.
ALTER TABLE messages ADD COLUMN expires_at INTEGER;
ALTER TABLE messages ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
-- Of an act what it is about, of a text what it answers: writer ('in', 'out') and content id.
ALTER TABLE messages ADD COLUMN target_direction TEXT;
ALTER TABLE messages ADD COLUMN target_id BLOB;
-- 1: an act whose target is not here yet.
ALTER TABLE messages ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN excerpt TEXT;
-- Mentions of a text, map of a card: canonical CBOR as it came.
ALTER TABLE messages ADD COLUMN detail BLOB;
-- What an edited text said first.
ALTER TABLE messages ADD COLUMN first_text TEXT;
ALTER TABLE messages ADD COLUMN first_detail BLOB;
ALTER TABLE messages ADD COLUMN edited_at INTEGER;
-- Its writer asked to delete it: when, and 1 if the text was kept all the same.
ALTER TABLE messages ADD COLUMN deleted_at INTEGER;
ALTER TABLE messages ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN read_at INTEGER;

UPDATE messages SET place_at = coalesce(arrived_at, sent_at), place_sub = id;

CREATE INDEX messages_by_place ON messages (contact_id, place_at, place_sub, content_id, direction)
  WHERE listed = 1;
CREATE INDEX messages_by_parent ON messages (contact_id, parent) WHERE parent IS NOT NULL;
CREATE INDEX messages_by_target ON messages (contact_id, target_id) WHERE target_id IS NOT NULL;
CREATE INDEX messages_by_seq ON messages (contact_id, direction, seq) WHERE seq IS NOT NULL;
CREATE INDEX messages_by_expiry ON messages (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX messages_open ON messages (contact_id)
  WHERE direction = 'out' AND state IN ('queued','sending','unconfirmed','stored');
CREATE INDEX messages_unread ON messages (contact_id, seq)
  WHERE direction = 'in' AND listed = 1 AND read_at IS NULL;
CREATE INDEX messages_timers ON messages (contact_id, place_at, place_sub, content_id) WHERE type = 7;

-- Highest number told as read to the contact, and by the contact.
ALTER TABLE contacts ADD COLUMN in_read INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN out_read INTEGER NOT NULL DEFAULT 0;
`;
