/** The profile's directory: its owner's alone. Whoever may enter it may speak to the daemon. */
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { AppError } from '@tacet/base';

/** Makes it with mode 0700. Throws `profile-directory` when it is somebody else's or no directory. */
export function ownDirectory(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const stat = statSync(dir);
    const uid = process.getuid?.();
    if (!stat.isDirectory() || (uid !== undefined && stat.uid !== uid)) throw refused();
    if ((stat.mode & 0o077) !== 0) chmodSync(dir, 0o700);
  } catch (error) {
    throw error instanceof AppError ? error : refused(error);
  }
}

function refused(cause?: unknown): AppError {
  return new AppError(
    'profile-directory',
    'storage',
    'the profile directory must be a directory of yours that can be written',
    { cause },
  );
}
