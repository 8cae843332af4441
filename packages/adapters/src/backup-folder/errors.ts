/** Errors of backups. A cause keeps the system's code only: its text names paths. */
import { AppError, isAppError } from '@tacet/base';

export function damaged(): AppError {
  const message = 'a part of this backup is missing or damaged; nothing was changed';
  return new AppError('backup-damaged', 'storage', message);
}

export function phraseWrong(): AppError {
  const message = 'the recovery phrase does not open this backup';
  return new AppError('recovery-phrase-wrong', 'input', message);
}

export function backupMissing(): AppError {
  return new AppError('backup-missing', 'missing', 'there is no backup in that folder');
}

/** What the file system says, under our names. */
export function fromSystem(error: unknown): unknown {
  if (isAppError(error) || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  const cause = new Error(code);
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) {
    const message = 'there is no room left where the backup goes; the last one is whole';
    return new AppError('backup-folder-full', 'storage', message, { cause });
  }
  const message = 'the backup folder cannot be read or written; is its disk there?';
  return new AppError('backup-folder-failed', 'storage', message, { cause });
}
