/**
 * One daemon a profile, held by the operating system: a transaction on an empty SQLite file that
 * stays open. It goes with the process, however that ends, so there is no stale lock to guess about.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '@tacet/base';
import { isBusy } from '../../sqlite-busy.ts';

export interface DirectoryLock {
  release(): void;
}

/** Throws `daemon-running`, or `profile-directory` when the file cannot be made. */
export function lockDirectory(dir: string): DirectoryLock {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(join(dir, 'daemon.lock'));
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (isBusy(error)) {
      throw new AppError('daemon-running', 'state', 'the daemon of this profile runs already');
    }
    throw new AppError('profile-directory', 'storage', 'the profile directory cannot be written', {
      cause: error,
    });
  }
  const held = database;
  return { release: () => held.close() };
}
