/** Errors of profiles on disk. A cause keeps the system's code only: its text names paths. */
import { AppError, isAppError } from '@tacet/base';

export function profileMissing(): AppError {
  return new AppError('profile-missing', 'missing', 'there is no profile here; create one first');
}

export function profileExists(): AppError {
  return new AppError('profile-exists', 'state', 'there is a profile here already');
}

export function passphraseWrong(): AppError {
  return new AppError('passphrase-wrong', 'input', 'the passphrase does not open this profile');
}

export function profileNewer(): AppError {
  return new AppError(
    'profile-newer',
    'state',
    'a newer version of Tacet wrote this profile; update Tacet to open it',
  );
}

export function profileUnreadable(cause?: unknown): AppError {
  return new AppError(
    'profile-unreadable',
    'storage',
    'the profile is damaged or incomplete; keep these files, and restore a backup or salvage what is left',
    { cause: stripped(cause) },
  );
}

export function profileInUse(): AppError {
  return new AppError(
    'profile-in-use',
    'state',
    'another Tacet has this profile open; stop it first',
  );
}

/** Errors of the file system and of SQLite as ours; anything else comes back as it is. */
export function fromSystem(error: unknown): unknown {
  return isAppError(error) || codeOf(error) === '' ? error : storageFailed(error);
}

/** Whatever the file system or SQLite says while it works for us. */
export function storageFailed(cause: unknown): AppError {
  const code = codeOf(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code.startsWith('SQLITE_FULL')) {
    return new AppError('disk-full', 'storage', 'the disk is full; make room and try again', {
      cause: stripped(cause),
    });
  }
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) return profileUnreadable(cause);
  return new AppError(
    'profile-storage-failed',
    'storage',
    'the files of the profile cannot be read or written; look at the disk and its permissions',
    { cause: stripped(cause) },
  );
}

/** True for failures of disk or file, as opposed to a statement that is wrong. */
export function isStorageFault(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|CORRUPT|NOTADB|READONLY|CANTOPEN)/.test(codeOf(error));
}

export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

function stripped(cause: unknown): unknown {
  if (cause === undefined || isAppError(cause)) return cause;
  return new Error(codeOf(cause) || 'unknown');
}
