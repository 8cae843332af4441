/** What is known of contacts' keys, and what is said to a contact beside messages (15-trust.md). */
export const TRUST = `
-- What is left of trust when nobody verified; what is shown beside it.
ALTER TABLE contacts ADD COLUMN trust_base TEXT NOT NULL DEFAULT 'link';
ALTER TABLE contacts ADD COLUMN trust_warning TEXT;
-- When anything of theirs was last read.
ALTER TABLE contacts ADD COLUMN heard_at INTEGER;

CREATE TABLE trust_facts (
  id INTEGER PRIMARY KEY,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  at INTEGER NOT NULL, what TEXT NOT NULL,
  -- The level from here on.
  level TEXT NOT NULL,
  -- Who vouched: their id, and their name as it was.
  by_id INTEGER REFERENCES contacts(id) ON DELETE SET NULL, by_name TEXT
);
CREATE INDEX trust_facts_by_contact ON trust_facts (contact_id, id);

-- With kind 'said': the envelope without its receipt.
ALTER TABLE notices ADD COLUMN body BLOB;
ALTER TABLE ciphertexts ADD COLUMN body BLOB;
`;
