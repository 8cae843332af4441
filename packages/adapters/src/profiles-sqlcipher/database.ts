/** Opening SQLCipher connections with the settings every profile has. */
import { Database } from '@signalapp/sqlcipher';
import { hex } from '@tacet/base';
import { codeOf, profileInUse, storageFailed } from './errors.ts';

const SETTINGS =
  // Before the first read, so that no shared-memory file is ever made.
  'PRAGMA locking_mode = EXCLUSIVE;' +
  'PRAGMA journal_mode = WAL;' +
  'PRAGMA synchronous = FULL;' +
  'PRAGMA secure_delete = ON;' +
  'PRAGMA temp_store = MEMORY;' +
  'PRAGMA foreign_keys = ON;' +
  'PRAGMA trusted_schema = OFF;' +
  'PRAGMA cell_size_check = ON;';

export function openMemoryDatabase(): Database {
  const database = new Database(':memory:');
  database.exec(SETTINGS);
  return database;
}

/**
 * Opens (or fills an empty file as) the database under a raw 32-byte key. Throws
 * `profile-unreadable` when the file is not what the key made, before anything is written.
 */
export function openDatabase(path: string, key: Uint8Array): Database {
  const database = openFile(path);
  try {
    // SQLCipher writes to standard error by itself otherwise; its findings come as errors.
    database.exec('PRAGMA cipher_log_level = NONE; PRAGMA busy_timeout = 0');
    // Memory is wiped when freed. The driver takes keys as SQL text only: a string we cannot
    // wipe (docs/dev/secrets-in-memory.md).
    database.exec('PRAGMA cipher_memory_security = ON');
    database.exec(`PRAGMA key = "x'${hex(key)}'"; PRAGMA cipher_compatibility = 4`);
    database.pragma('locking_mode = EXCLUSIVE');
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    database.exec(SETTINGS);
    return database;
  } catch (error) {
    database.close();
    const code = codeOf(error);
    if (code.startsWith('SQLITE_BUSY')) throw profileInUse();
    throw storageFailed(error);
  }
}

/** The driver's own error for what cannot be opened has no code, and may name the path. */
export function openFile(path: string): Database {
  try {
    return new Database(path);
  } catch (error) {
    throw storageFailed(error);
  }
}
