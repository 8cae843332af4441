/** Recovery roots of pairs, and sessions begun anew under them (docs/spec/20-recovery.md, 8 to 10). */
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

export const CONTACT_LIST = `
-- 1: from the contact list that was read after a restore, so newer than the backup.
ALTER TABLE own_roots ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
-- The list as it is posted in this period, under this root of the phrase: the next box.
CREATE TABLE list (root BLOB NOT NULL, period INTEGER NOT NULL, next INTEGER NOT NULL);
-- What it says of a contact, and in which box.
CREATE TABLE listed (
  contact_id INTEGER PRIMARY KEY REFERENCES contacts(id) ON DELETE CASCADE,
  digest BLOB NOT NULL, box INTEGER NOT NULL
);
`;

export const STATEMENTS = `
-- Periods of two days whose boxes are watched: those before this one.
ALTER TABLE their_roots ADD COLUMN watched INTEGER NOT NULL DEFAULT 0;
-- 0: a restored profile that has not begun to speak. Those of before wait for their owner's word.
ALTER TABLE restored ADD COLUMN begun INTEGER NOT NULL DEFAULT 1;
-- Restore counter of the daemon that was noticed.
ALTER TABLE copied ADD COLUMN counter INTEGER NOT NULL DEFAULT 0;
-- The highest statement of a contact. state: read, failed, answered, done.
CREATE TABLE statements (
  contact_id INTEGER PRIMARY KEY REFERENCES contacts(id) ON DELETE CASCADE,
  state TEXT NOT NULL, counter INTEGER NOT NULL,
  stated BLOB NOT NULL, root BLOB NOT NULL, wants_keys INTEGER NOT NULL,
  -- While it is read; what stands in the answer's box until the restored one has spoken.
  bundle BLOB, answer BLOB
);
-- Contacts who are told that this profile was restored. state: waiting, failed, stated, answered, unopened.
CREATE TABLE restating (
  contact_id INTEGER PRIMARY KEY REFERENCES contacts(id) ON DELETE CASCADE,
  state TEXT NOT NULL, counter INTEGER NOT NULL, root BLOB NOT NULL,
  -- The statement, its bundle, the answer that was read.
  plaintext BLOB, bundle BLOB, answer BLOB,
  -- Period of the first posting, of the last one, and the box within that.
  first INTEGER NOT NULL DEFAULT 0, posted INTEGER NOT NULL DEFAULT 0, turn INTEGER NOT NULL DEFAULT 0,
  stated_at INTEGER NOT NULL DEFAULT 0
);
`;
