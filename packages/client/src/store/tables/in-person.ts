/** Codes shown in person, codes scanned, and what was proven of them (15-trust.md, 4). */
export const IN_PERSON = `
CREATE TABLE own_codes (
  id INTEGER PRIMARY KEY,
  nonce BLOB NOT NULL,
  invitation_id INTEGER NOT NULL,
  made_at INTEGER NOT NULL, ends_at INTEGER NOT NULL
);
CREATE TABLE scans (
  id INTEGER PRIMARY KEY,
  key_set_hash BLOB NOT NULL, nonce BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  at INTEGER NOT NULL,
  -- Whose it turned out to be.
  contact_id INTEGER REFERENCES contacts(id) ON DELETE CASCADE,
  -- 1: they were told.
  proved INTEGER NOT NULL DEFAULT 0,
  verified_at INTEGER
);
-- Contacts that proved to have scanned an own code.
CREATE TABLE scan_proofs (
  contact_id INTEGER PRIMARY KEY REFERENCES contacts(id) ON DELETE CASCADE,
  code_id INTEGER NOT NULL, at INTEGER NOT NULL
);
-- How a guest came by the secret: link, request, person, introduction.
ALTER TABLE visits ADD COLUMN how TEXT NOT NULL DEFAULT 'link';
`;

/** As whom: codes shown and scanned under a separate identity (16-addresses.md, 6). */
export const IN_PERSON_IDENTITIES = `
ALTER TABLE own_codes ADD COLUMN identity_id INTEGER REFERENCES identities(id) ON DELETE CASCADE;
ALTER TABLE scans ADD COLUMN identity_id INTEGER REFERENCES identities(id) ON DELETE CASCADE;
`;
