/** Files and where their bytes are (docs/spec/19-files.md). */
export const FILES = `
-- One for each file line. The id is bound into its cells, so none is ever given again.
CREATE TABLE files (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Null while its bytes are being brought in.
  message_id INTEGER UNIQUE REFERENCES messages(id) ON DELETE CASCADE,
  contact_id INTEGER REFERENCES contacts(id) ON DELETE CASCADE,
  direction TEXT NOT NULL, content_id BLOB,
  state TEXT NOT NULL, reason TEXT,
  size INTEGER NOT NULL,
  -- Of the boxes; null once no more of them are written or read.
  secret BLOB,
  -- Of the cells.
  cell_key BLOB NOT NULL,
  tree BLOB, list BLOB,
  -- The round, what is wanted in it (null: all), and how many of these were taken up.
  round INTEGER NOT NULL DEFAULT 0, ranges BLOB, next INTEGER NOT NULL DEFAULT 0,
  -- Of a reader: the round's parts were all written, as their writer says; but these.
  written INTEGER NOT NULL DEFAULT 0,
  done INTEGER NOT NULL DEFAULT 0,
  moved_at INTEGER NOT NULL
);
CREATE INDEX files_by_content ON files (contact_id, direction, content_id);

-- Which cell holds which block of a body; full: its bytes are there.
CREATE TABLE file_cells (
  cell INTEGER PRIMARY KEY,
  file_id INTEGER NOT NULL REFERENCES files(id) ON DELETE CASCADE,
  block INTEGER NOT NULL,
  held INTEGER NOT NULL DEFAULT 0,
  UNIQUE (file_id, block)
);
-- Cells to be overwritten before they are used again.
CREATE TABLE freed_cells (cell INTEGER PRIMARY KEY);
CREATE TRIGGER file_cell_freed AFTER DELETE ON file_cells BEGIN
  INSERT OR IGNORE INTO freed_cells (cell) VALUES (OLD.cell);
END;

-- Parts of blocks that are not whole yet.
CREATE TABLE file_parts (
  file_id INTEGER NOT NULL REFERENCES files(id) ON DELETE CASCADE,
  part INTEGER NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (file_id, part)
) WITHOUT ROWID;
-- Of a writer, in this round: no box took it.
CREATE TABLE file_failed (
  file_id INTEGER NOT NULL REFERENCES files(id) ON DELETE CASCADE,
  part INTEGER NOT NULL,
  PRIMARY KEY (file_id, part)
) WITHOUT ROWID;

-- What is removed of a line takes its file with it.
CREATE TRIGGER file_line_emptied AFTER UPDATE OF detail ON messages
WHEN OLD.type = 16 AND NEW.detail IS NULL BEGIN
  DELETE FROM files WHERE message_id = NEW.id;
END;
`;

/** Until when a person consents to Transfer for a file; 0: not. */
export const FILE_CONSENTS = `
ALTER TABLE files ADD COLUMN transfer_until INTEGER NOT NULL DEFAULT 0;
`;
