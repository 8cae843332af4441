/**
 * One process for one data folder. The lock is SQLite's exclusive lock of an empty file: it goes
 * with its process, however that ends.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '@tacet/base';
import { isBusy } from '../sqlite-busy.ts';

export interface FolderLock {
  release(): void;
}

/** @throws `relay-running` when another process has the folder, `lock-damaged` */
export function lockFolder(folder: string): FolderLock {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(join(folder, 'lock'));
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
  } catch (cause) {
    database?.close();
    if (!isBusy(cause)) {
      throw new AppError(
        'lock-damaged',
        'storage',
        'the file `lock` of the data folder is damaged or cannot be opened: make sure that no other `tacet-relay` uses the folder, then remove it',
        { cause },
      );
    }
    throw new AppError(
      'relay-running',
      'state',
      'another process runs this relay already: stop it first, or give this one its own folder',
      { cause },
    );
  }
  const held = database;
  return { release: () => held.isOpen && held.close() };
}
