/** Invitations that do not say who made them (15-trust.md, 9). */
export const ECHO = `
ALTER TABLE invitations ADD COLUMN nameless INTEGER NOT NULL DEFAULT 0;
`;
