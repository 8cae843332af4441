/** Tokens of bots (docs/spec/18-conversations.md, 6): hashes, never the tokens. */
export const TOKENS = `
-- Ids are never given again: places in the event log and client ids are kept under them.
CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  -- 1: for the contacts listed below only, also when none of them is left.
  limited INTEGER NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER, used_at INTEGER
);
CREATE TABLE token_contacts (
  token_id INTEGER NOT NULL REFERENCES tokens(id) ON DELETE CASCADE,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  PRIMARY KEY (token_id, contact_id)
) WITHOUT ROWID;
CREATE INDEX token_contacts_by_contact ON token_contacts (contact_id);
`;
