/** Recovery roots of pairs (docs/spec/20-recovery.md, 8). */
export const RECOVERY_ROOTS = `
-- Under which this profile would tell a contact that it was restored: in force since own_at.
CREATE TABLE own_roots (
  contact_id INTEGER PRIMARY KEY REFERENCES contacts(id) ON DELETE CASCADE,
  root BLOB NOT NULL, own_at INTEGER NOT NULL
);
-- Under which contacts would tell this profile so. The newest of a contact has no replaced_at.
CREATE TABLE their_roots (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  root BLOB NOT NULL, replaced_at INTEGER,
  UNIQUE (contact_id, root)
);
`;
