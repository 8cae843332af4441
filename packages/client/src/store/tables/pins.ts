/** What is gone is neither pinned nor answered (docs/spec/18-conversations.md, 1). */
export const PINS = `
CREATE TRIGGER gone_from_pins AFTER UPDATE OF text, listed ON messages
WHEN new.listed = 0 OR (new.text = '' AND old.text <> '')
BEGIN
  DELETE FROM pins WHERE message_id = new.id;
  UPDATE conversations SET draft_reply = NULL WHERE draft_reply = new.id;
END;
`;
