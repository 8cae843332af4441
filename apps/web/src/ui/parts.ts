/** The second half of the page: what is opened now and then. Read after the first picture, all of it at once. */
export { BackupSheet } from './backup-sheet.tsx';
export { ContactSheet } from './contact-sheet.tsx';
export { CreateScreen } from './create.tsx';
export { DeleteSheet } from './delete-sheet.tsx';
export { Invite } from './invite.tsx';
export { MessageSheet } from './message-sheet.tsx';
export { NetworkSheet } from './network-sheet.tsx';
export { ReactSheet } from './react-sheet.tsx';
export { VerifySheet } from './verify-sheet.tsx';
export { Viewer } from './viewer.tsx';
export { YouSheet } from './you-sheet.tsx';
