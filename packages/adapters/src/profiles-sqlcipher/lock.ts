/**
 * One process per profile. The lock is the exclusive lock of an empty SQLite file of its own: the
 * operating system drops it with the process, however that ends, so there is no stale lock to
 * guess about (docs/decisions, "profile lock"). Nobody else may open this file in our process:
 * closing any handle of a file drops POSIX locks on it.
 */
import { existsSync } from 'node:fs';
import type { Database } from '@signalapp/sqlcipher';
import { openFile } from './database.ts';
import { codeOf, profileInUse, storageFailed } from './errors.ts';
import { writeNew } from './files.ts';

/** Returns the release; calling it twice is fine. Throws `profile-in-use`. */
export function lockProfile(path: string): () => void {
  if (!existsSync(path)) createEmpty(path);
  let database: Database | null = openFile(path);
  try {
    // No journal file beside it, and no waiting for the other one.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw codeOf(error).startsWith('SQLITE_BUSY') ? profileInUse() : storageFailed(error);
  }
  return () => {
    database?.close();
    database = null;
  };
}

/** Mode 0600 from the start; whoever comes second finds it there. */
function createEmpty(path: string): void {
  try {
    writeNew(path, new Uint8Array());
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}
