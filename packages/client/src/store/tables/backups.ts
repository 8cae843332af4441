/** Backups and restores (docs/spec/20-recovery.md). */
export const BACKUPS = `
-- One row, once a phrase was made.
CREATE TABLE backups (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Null: nowhere, since a restore.
  folder TEXT,
  hours INTEGER NOT NULL, files INTEGER NOT NULL,
  -- Of the recovery phrase; former_root until a backup was made under the new one.
  salt BLOB NOT NULL, root BLOB NOT NULL, former_root BLOB,
  -- Of the last one that was made: number (0: none), moment, pieces that hold something.
  number INTEGER NOT NULL DEFAULT 0, made_at INTEGER, pieces INTEGER NOT NULL DEFAULT 0,
  -- Of one whose head may have been written without this profile's knowing: the id of its list.
  pending BLOB,
  -- Why and when the next one was tried in vain, the last time.
  failed TEXT, failed_at INTEGER
);
-- One row once this profile was restored.
CREATE TABLE restored (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  counter INTEGER NOT NULL, at INTEGER NOT NULL, backup_at INTEGER NOT NULL
);
`;
