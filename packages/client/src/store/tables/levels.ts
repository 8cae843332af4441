/** What privacy levels cost and bring, as measured here (docs/spec/17-levels.md, 4 and 5). */
export const LEVELS = `
-- Frames of a UTC day (days since 1970).
CREATE TABLE usage (day INTEGER PRIMARY KEY, up INTEGER NOT NULL, down INTEGER NOT NULL);

-- How long own messages took, ms from writing: until a copy was stored, until their receipt.
CREATE TABLE deliveries (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  level TEXT NOT NULL,
  stored_ms INTEGER, receipt_ms INTEGER
);
CREATE INDEX deliveries_by_contact ON deliveries (contact_id, message_id);
CREATE INDEX deliveries_by_level ON deliveries (level, message_id);
`;
