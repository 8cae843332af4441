/** The files of one profile and the way they come to be. Paths stay in this folder. */
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from './database.ts';
import { profileUnreadable } from './errors.ts';
import { FOLDER_MODE, readExact, syncFolder, writeNew } from './files.ts';
import { HEAD_BYTES, PAGE_BYTES, SALT_BYTES } from './limits.ts';

/** Profiles use one slot; more stand beside it later. */
export const SLOT = 0;

export interface Files {
  readonly lock: string;
  readonly vault: string;
  readonly salt: string;
  readonly head: string;
  readonly data: string;
  readonly cells: string;
}

export interface Vault {
  readonly salt: Uint8Array;
  readonly head: Uint8Array;
}

export function filesOf(dir: string, vaultName = 'vault'): Files {
  const vault = join(dir, vaultName);
  return {
    lock: join(dir, 'profile.lock'),
    vault,
    salt: join(vault, 'salt'),
    head: join(vault, `${SLOT}.head`),
    data: join(vault, `${SLOT}.data`),
    cells: join(vault, `${SLOT}.cells`),
  };
}

export function profileExists(dir: string): boolean {
  return existsSync(filesOf(dir).vault);
}

export function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  chmodSync(path, FOLDER_MODE);
}

/** All parts present in their sizes, or `profile-unreadable`; nothing is made anew. */
export function readVault(files: Files): Vault {
  const salt = readExact(files.salt, SALT_BYTES);
  const head = readExact(files.head, HEAD_BYTES);
  if (salt === null || head === null) throw profileUnreadable();
  // SQLite takes a short file for a new database and would begin an empty history over it.
  const data = statSync(files.data, { throwIfNoEntry: false });
  if (data === undefined || !data.isFile() || data.size < PAGE_BYTES) throw profileUnreadable();
  return { salt, head };
}

/**
 * Builds the vault under another name and renames it, so that a crash on the way leaves no
 * profile. What such a crash left is only ever an unfinished vault, and is removed.
 */
export function buildVault(dir: string, vault: Vault, databaseKey: Uint8Array): void {
  const unfinished = filesOf(dir, 'vault.new');
  rmSync(unfinished.vault, { recursive: true, force: true });
  try {
    makeFolder(unfinished.vault);
    writeNew(unfinished.salt, vault.salt);
    // Made here, so that it is private from its first byte.
    writeNew(unfinished.data, new Uint8Array());
    const database = openDatabase(unfinished.data, databaseKey);
    try {
      // Any write makes the first page, and with it the proof that the key is right.
      database.exec('PRAGMA user_version = 0; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      database.close();
    }
    writeNew(unfinished.head, vault.head);
    syncFolder(unfinished.vault);
    renameSync(unfinished.vault, filesOf(dir).vault);
    syncFolder(dir);
  } catch (error) {
    rmSync(unfinished.vault, { recursive: true, force: true });
    throw error;
  }
}
