/** Keys of contacts that change (15-trust.md, 5). */
export const NEW_KEYS = `
-- Number of the last statement that was accepted.
ALTER TABLE contacts ADD COLUMN key_number INTEGER NOT NULL DEFAULT 0;
`;
