/**
 * A profile put together from a backup (docs/spec/20-recovery.md, 7). It comes to be as a new one does:
 * built under another name, and a profile only by the rename at the end.
 */
import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { hex } from '@tacet/base';
import type { ProfileStore } from '@tacet/client';
import { PageCheck } from './check.ts';
import { openDatabase } from './database.ts';
import * as errors from './errors.ts';
import { FILE_MODE } from './files.ts';
import { checkSecret } from './header.ts';
import { claimFolder, type NewVaultOptions, newVault } from './new-vault.ts';
import { dropTail } from './sizes.ts';
import { SqlcipherStore } from './store.ts';
import { profileExists } from './vault.ts';

/** What a backup holds. */
export interface RestoreSource {
  readonly databaseKey: Uint8Array;
  readonly data: AsyncIterable<Uint8Array>;
  /** Null: without files. */
  readonly cells: AsyncIterable<Uint8Array> | null;
}

export interface RestoreOptions extends NewVaultOptions {
  readonly source: RestoreSource;
  /** Fences it: runs once, before there is a profile. */
  readonly prepare: (store: ProfileStore) => void;
}

/**
 * Throws `profile-exists`, `profile-in-use`, `passphrase-empty`, `passphrase-too-long`, `disk-full`,
 * `profile-unreadable` for what is whole and no database, and what the source throws. There is a profile
 * when it resolves and none when it throws.
 */
export async function restoreProfile(options: RestoreOptions): Promise<void> {
  checkSecret(options);
  const { dir, source } = options;
  if (profileExists(dir)) throw errors.profileExists();
  const made = await newVault(options);
  let release = (): void => {};
  try {
    release = claimFolder(dir);
    await made.build(async ({ database, putCells }) => {
      await put(database, source.data);
      if (source.cells !== null) await putCells(source.cells);
      await fence(database, options, made.header.databaseKey);
    });
  } catch (error) {
    throw errors.fromSystem(error);
  } finally {
    release();
    made.wipe();
  }
}

/** What the file holds from now on. On disk when it resolves. */
async function put(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'w', FILE_MODE);
  try {
    for await (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Looked over, checked, fenced, and under another key than the backup knows. */
async function fence(path: string, options: RestoreOptions, next: Uint8Array): Promise<void> {
  await withWhole(path, options.source.databaseKey, (store) => {
    options.prepare(store);
    store.exec(`PRAGMA rekey = "x'${hex(next)}'"`);
    store.checkpoint();
  });
  // Opened by its new key alone: what is renamed is known to open.
  openDatabase(path, next).close();
}

/** Of a database that holds: every page before SQLite opens it, then tables and indexes. */
async function withWhole<T>(
  path: string,
  databaseKey: Uint8Array,
  work: (store: ProfileStore) => T,
): Promise<T> {
  dropTail(path, await lookOver(path, databaseKey));
  const store = new SqlcipherStore(openDatabase(path, databaseKey));
  try {
    checkWhole(store);
    return work(store);
  } finally {
    store.close();
  }
}

/** @returns its pages */
async function lookOver(path: string, databaseKey: Uint8Array): Promise<number> {
  const check = await PageCheck.begin(path, databaseKey);
  try {
    // Nothing runs on it yet, and somebody waits.
    await check.rest(setImmediate);
    return check.pages;
  } finally {
    check.close();
  }
}

/** SQLite's own look at tables and indexes. Throws `profile-unreadable`. */
export function checkWhole(store: ProfileStore): void {
  const found = store.all('PRAGMA integrity_check(1)').map((row) => row['integrity_check']);
  if (found.length === 1 && found[0] === 'ok') return;
  throw errors.profileUnreadable();
}

export interface ExamineOptions<T> {
  /** Where it is put together; there must be nothing. Removed by the caller. */
  readonly path: string;
  readonly databaseKey: Uint8Array;
  readonly data: AsyncIterable<Uint8Array>;
  readonly look: (store: ProfileStore) => T;
}

/** The same without a profile at its end: for a test of a backup. Throws as `restoreProfile`. */
export async function examineDatabase<T>(options: ExamineOptions<T>): Promise<T> {
  const { path, databaseKey, data, look } = options;
  try {
    await put(path, data);
    return await withWhole(path, databaseKey, look);
  } catch (error) {
    throw errors.fromSystem(error);
  }
}
