/** Dead letters of both directions (docs/spec/18-conversations.md, 7). */
export const LETTERS = `
-- Of what came: 0 dead, 1 dismissed by the user, 2 over: it was read after all. And how often, and
-- when, the user tried it again.
ALTER TABLE dead_letters ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dead_letters ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dead_letters ADD COLUMN tried_at INTEGER;
CREATE INDEX dead_letters_by_contact ON dead_letters (contact_id, seq);
-- Own contents that failed, each once: the newest failure, and what the user did about it.
CREATE TABLE failures (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  dismissed INTEGER NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0,
  tried_at INTEGER
);
INSERT INTO failures (message_id, at) SELECT id, sent_at FROM messages
  WHERE direction = 'out' AND state = 'failed';
`;
