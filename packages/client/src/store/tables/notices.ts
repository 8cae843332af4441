/** Notices whose encryption failed are tried again (07-streams.md, 6). */
export const NOTICE_TRIES = `
-- Encryptions that failed, and when the next one is due.
ALTER TABLE notices ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notices ADD COLUMN due_at INTEGER NOT NULL DEFAULT 0;
`;
