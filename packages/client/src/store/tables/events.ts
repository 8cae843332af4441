/** Places of consumers and subjects of events (docs/spec/18-conversations.md, 4). */
export const EVENTS = `
-- Whose conversation an event is about; null: none. For callers that may see some only.
ALTER TABLE events ADD COLUMN contact_id INTEGER;
CREATE INDEX events_by_contact ON events (contact_id, cursor) WHERE contact_id IS NOT NULL;
`;

/** Cursors of limited tokens (docs/spec/18-conversations.md, 6). */
export const LIMITED_EVENTS = `
-- Events such a token may see, numbered for it alone. A number is never given again.
CREATE TABLE token_events (
  token_id INTEGER NOT NULL REFERENCES tokens(id) ON DELETE CASCADE,
  n INTEGER NOT NULL, cursor INTEGER NOT NULL,
  PRIMARY KEY (token_id, n)
) WITHOUT ROWID;
CREATE UNIQUE INDEX token_events_by_cursor ON token_events (token_id, cursor);
ALTER TABLE tokens ADD COLUMN events_count INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER event_for_tokens AFTER INSERT ON events WHEN NEW.contact_id IS NOT NULL BEGIN
  UPDATE tokens SET events_count = events_count + 1
    WHERE id IN (SELECT token_id FROM token_contacts WHERE contact_id = NEW.contact_id);
  INSERT INTO token_events SELECT t.id, t.events_count, NEW.cursor
    FROM token_contacts c JOIN tokens t ON t.id = c.token_id WHERE c.contact_id = NEW.contact_id;
END;
-- Its contact is gone, or was: nothing of it is seen any more.
CREATE TRIGGER token_contact_gone BEFORE DELETE ON token_contacts BEGIN
  DELETE FROM token_events WHERE token_id = OLD.token_id
    AND cursor IN (SELECT cursor FROM events WHERE contact_id = OLD.contact_id);
END;
INSERT INTO token_events
  SELECT c.token_id, row_number() OVER (PARTITION BY c.token_id ORDER BY e.cursor), e.cursor
  FROM token_contacts c JOIN events e ON e.contact_id = c.contact_id;
UPDATE tokens SET events_count = (SELECT count(*) FROM token_events WHERE token_id = tokens.id);
`;

/** The log does it (`events/log.ts`): with a trigger SQLite keeps every changed page aside for each event. */
export const EVENTS_BY_LOG = 'DROP TRIGGER event_for_tokens;';
