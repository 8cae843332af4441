/**
 * One process for one data folder. The lock is SQLite's exclusive lock of an empty file: it goes
 * with its process, however that ends.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '@tacet/base';

export interface FolderLock {
  release(): void;
}

/** @throws `relay-running` when another process has the folder. */
export function lockFolder(folder: string): FolderLock {
  const database = new DatabaseSync(join(folder, 'lock'));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
  } catch (cause) {
    database.close();
    throw new AppError(
      'relay-running',
      'state',
      'another process runs this relay already: stop it first, or give this one its own folder',
      { cause },
    );
  }
  return { release: () => database.isOpen && database.close() };
}
