/** Places of consumers and subjects of events (docs/spec/18-conversations.md, 4). */
export const EVENTS = `
-- Whose conversation an event is about; null: none. For callers that may see some only.
ALTER TABLE events ADD COLUMN contact_id INTEGER;
CREATE INDEX events_by_contact ON events (contact_id, cursor) WHERE contact_id IS NOT NULL;
`;
