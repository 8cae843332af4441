/** Identities beside the profile's own (docs/spec/16-addresses.md, 6), and which one meets whom. */
export const IDENTITIES = `
CREATE TABLE identities (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  -- preparing, ready
  state TEXT NOT NULL,
  -- 1: has keys of its own; 0: another name for the profile's keys.
  own_keys INTEGER NOT NULL,
  identity_key BLOB, signing_seed BLOB, key_set_hash BLOB,
  created_at INTEGER NOT NULL
);
-- Null: the profile's own.
ALTER TABLE contacts ADD COLUMN identity_id INTEGER;
ALTER TABLE invitations ADD COLUMN identity_id INTEGER;
-- Chosen by the inviter; null: as long as its boxes live.
ALTER TABLE invitations ADD COLUMN life_ms INTEGER;
`;
