/** Introductions we made, or were asked about (15-trust.md, 6). */
export const INTRODUCTIONS = `
CREATE TABLE introductions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token BLOB NOT NULL,
  -- introducer; first: asked before the other; second: gets the way to the first.
  role TEXT NOT NULL, state TEXT NOT NULL,
  -- Of an introducer: the first contact, and the second. Else: the introducer, and who was met.
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  other_id INTEGER REFERENCES contacts(id) ON DELETE SET NULL,
  key_set_hash BLOB NOT NULL, name TEXT NOT NULL, note TEXT NOT NULL,
  secret BLOB, invitation_id INTEGER,
  at INTEGER NOT NULL, moved_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
  UNIQUE (contact_id, token, role)
);
`;
