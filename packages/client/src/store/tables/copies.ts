/** Boxes by which a store notices a copy of itself (docs/spec/10-store.md). */
export const COPIES = `
-- Own boxes that this store wrote: number of the ten minutes, turn within them, and the random
-- bytes in it.
CREATE TABLE own_boxes (
  id INTEGER PRIMARY KEY, slot INTEGER NOT NULL, turn INTEGER NOT NULL, nonce BLOB NOT NULL,
  UNIQUE (slot, turn)
);
-- A row: a box of ours holds what this store never wrote. Nothing is sent until it is cleared.
CREATE TABLE copied (at INTEGER NOT NULL);
-- Sequences up to this one never come any more; told until something above is receipted.
CREATE TABLE closed (
  contact_id INTEGER PRIMARY KEY REFERENCES contacts(id) ON DELETE CASCADE, seq INTEGER NOT NULL
);
`;

export const ALONE = `
-- 1: up to here nobody else had written in this store's name.
ALTER TABLE own_boxes ADD COLUMN alone INTEGER NOT NULL DEFAULT 0;
UPDATE own_boxes SET alone = 1;
`;
