/** Backups of a profile in a folder (docs/spec/20-recovery.md, 2 and 4). */
export { HEAD_BYTES, LEAST_PIECES, PIECE_BYTES } from './limits.ts';
export { type Backup, backupSalt, openBackup } from './read.ts';
export { type BackupBody, type BackupMade, type BackupRequest, writeBackup } from './write.ts';
