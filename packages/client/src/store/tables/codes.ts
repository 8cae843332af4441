/** Runs of the short code, open and ended (15-trust.md, 3). */
export const CODES = `
CREATE TABLE code_runs (
  id INTEGER PRIMARY KEY,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  run BLOB NOT NULL, role TEXT NOT NULL, state TEXT NOT NULL,
  nonce BLOB NOT NULL, commitment BLOB NOT NULL,
  code TEXT, peer_said TEXT,
  began_at INTEGER NOT NULL, moved_at INTEGER NOT NULL
);
CREATE INDEX code_runs_by_contact ON code_runs (contact_id, id);
`;
