/** Since when nothing is exchanged with a contact, by this profile's choice; null: it is. */
export const BLOCKING = `
ALTER TABLE contacts ADD COLUMN blocked_at INTEGER;
`;
