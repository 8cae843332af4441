/** Why an invitation was taken back or used up, where nobody here chose it (09-meeting.md, 4). */
export const REASONS = `
ALTER TABLE invitations ADD COLUMN reason TEXT;
`;
