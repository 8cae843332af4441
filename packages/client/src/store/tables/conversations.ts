/** What its owner decided about a conversation, and the draft in it (docs/spec/18-conversations.md). */
export const CONVERSATIONS = `
-- A row where something differs from how a conversation begins.
CREATE TABLE conversations (
  contact_id INTEGER PRIMARY KEY REFERENCES contacts(id) ON DELETE CASCADE,
  -- Place among the pinned ones; null: not pinned.
  pinned INTEGER,
  archived INTEGER NOT NULL DEFAULT 0,
  -- off; all: nothing is told; mentions: only what mentions this profile. Null: for ever.
  mute TEXT NOT NULL DEFAULT 'off',
  muted_until INTEGER,
  draft TEXT NOT NULL DEFAULT '',
  draft_reply INTEGER REFERENCES messages(id) ON DELETE SET NULL,
  draft_at INTEGER NOT NULL DEFAULT 0,
  read_receipts INTEGER NOT NULL DEFAULT 0,
  obey_delete INTEGER NOT NULL DEFAULT 1,
  -- Seconds; 0: messages stay.
  timer INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX conversations_by_draft ON conversations (draft_reply) WHERE draft_reply IS NOT NULL;

CREATE TABLE pins (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  -- Order of pinning within the conversation.
  place INTEGER NOT NULL
);
CREATE INDEX pins_by_contact ON pins (contact_id, place);
`;

/** Files that are fetched unasked. */
export const FETCHING = `
-- Of this contact's files at most so many bytes; 0: none.
ALTER TABLE conversations ADD COLUMN fetch_bytes INTEGER NOT NULL DEFAULT 262144;
`;
