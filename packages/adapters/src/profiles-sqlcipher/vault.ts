/** The files of one vault and the way they come to be. Paths stay in this folder. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Rng } from '@tacet/base';
import { openDatabase } from './database.ts';
import { profileUnreadable } from './errors.ts';
import {
  FOLDER_MODE,
  makeEmpty,
  readExact,
  replaceAll,
  syncFolder,
  writeNew,
  writeOver,
} from './files.ts';
import { HEAD_BYTES, PAGE_BYTES, ROLLING_COPIES, SALT_BYTES, SLOTS } from './limits.ts';
import { levelSizes } from './sizes.ts';
import { randomHead } from './slots.ts';

export interface SlotFiles {
  readonly head: string;
  readonly data: string;
  readonly cells: string;
  /** Its rolling copies. */
  readonly rolling: readonly string[];
}

export interface Files {
  readonly lock: string;
  readonly vault: string;
  readonly vaultLock: string;
  readonly salt: string;
  readonly slots: readonly SlotFiles[];
}

export interface Vault {
  readonly salt: Uint8Array;
  /** One a slot; null where there is none: a vault of form 1 has slot 0 alone. */
  readonly heads: readonly (Uint8Array | null)[];
}

export function filesOf(dir: string, vaultName = 'vault'): Files {
  const vault = join(dir, vaultName);
  return {
    lock: join(dir, 'profile.lock'),
    vault,
    vaultLock: join(vault, 'lock'),
    salt: join(vault, 'salt'),
    slots: Array.from({ length: SLOTS }, (_, slot) => ({
      head: join(vault, `${slot}.head`),
      data: join(vault, `${slot}.data`),
      cells: join(vault, `${slot}.cells`),
      rolling: Array.from({ length: ROLLING_COPIES }, (_, n) => join(vault, `${slot}.roll${n}`)),
    })),
  };
}

export function slotFiles(files: Files, slot: number): SlotFiles {
  const found = files.slots[slot];
  if (found === undefined) throw new RangeError(`no slot ${slot}`);
  return found;
}

export function profileExists(dir: string): boolean {
  return existsSync(filesOf(dir).vault);
}

export function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  chmodSync(path, FOLDER_MODE);
}

/**
 * Salt and headers in their sizes, or `profile-unreadable`; nothing is made anew. Headers may be missing
 * behind those there are: a vault of form 1 has one, and one that was just opened for the first time since
 * may have been killed before it had all.
 */
export function readVault(files: Files): Vault {
  const salt = readExact(files.salt, SALT_BYTES);
  const there = files.slots.filter(({ head }) => existsSync(head));
  const heads = files.slots.map(({ head }) => readExact(head, HEAD_BYTES));
  const whole = heads.slice(0, there.length).every((head) => head !== null);
  if (salt === null || there.length === 0 || !whole) throw profileUnreadable();
  return { salt, heads };
}

/** SQLite takes a short file for a new database and would begin an empty history over it. */
export function refuseShort({ data }: SlotFiles): void {
  const stat = statSync(data, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size < PAGE_BYTES) throw profileUnreadable();
}

/** A database of its own under a key, in a file that holds nothing from now on. */
export function makeDatabase(path: string, databaseKey: Uint8Array): void {
  // Made here, so that it is private from its first byte.
  makeEmpty(path);
  const database = openDatabase(path, databaseKey);
  try {
    // Any write makes the first page, and with it the proof that the key is right.
    database.exec('PRAGMA user_version = 0; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
}

/** What a slot lacks is made of random bytes: nobody has its key. What was being made goes. */
export function fillSlots(files: Files, rng: Rng): void {
  for (const { head, data, cells, rolling } of files.slots) {
    for (const path of [head, data]) rmSync(`${path}.new`, { force: true });
    if (!existsSync(head)) {
      writeNew(`${head}.new`, randomHead(rng));
      renameSync(`${head}.new`, head);
    }
    for (const path of [data, cells, ...rolling]) {
      if (!existsSync(path)) writeNew(path, new Uint8Array());
    }
  }
}

/**
 * Puts a header in its place. All of them are made anew, in one order: a file system keeps when a file came
 * to be, and by that one that was changed would stand out. Killed on the way, what is left to do says nothing of
 * which one it was about.
 */
export function replaceHead(files: Files, slot: number, head: Uint8Array, rng: Rng): void {
  const { heads } = readVault(files);
  const bytesOf = (at: number): Uint8Array => (at === slot ? head : heads[at]) ?? randomHead(rng);
  replaceAll(
    files.slots.map(({ head: path }, at) => ({ path, bytes: bytesOf(at) })),
    rng,
  );
}

/** All headers of one time: whether some were just overwritten, their times do not say. */
export function evenHeads(files: Files): void {
  const now = new Date();
  for (const { head } of files.slots) utimesSync(head, now, now);
}

/** A vault at rest: all slots of one size, all files of one time. @param first see `levelSizes` */
export function settle(files: Files, rng: Rng, first?: number): void {
  for (const piece of settling(files, rng, first)) piece();
}

/** The same in pieces of a millisecond or two. */
export function* settling(files: Files, rng: Rng, first?: number): Generator<() => void> {
  yield* levelSizes(files.slots, rng, first);
  yield () => {
    const now = new Date();
    for (const name of readdirSync(files.vault)) utimesSync(join(files.vault, name), now, now);
  };
}

/**
 * Fills a vault under another name and renames it, so that a crash on the way leaves no profile. What
 * such a crash left is only ever an unfinished vault, and is removed.
 * @param fill puts into the files of its slot what they have; they are there, empty
 */
export async function buildVault(
  dir: string,
  parts: {
    readonly salt: Uint8Array;
    readonly head: Uint8Array;
    readonly slot: number;
    readonly first: number | undefined;
  },
  rng: Rng,
  fill: (slot: SlotFiles) => Promise<void> | void,
): Promise<void> {
  const unfinished = filesOf(dir, 'vault.new');
  const own = slotFiles(unfinished, parts.slot);
  rmSync(unfinished.vault, { recursive: true, force: true });
  try {
    makeFolder(unfinished.vault);
    writeNew(unfinished.salt, parts.salt);
    // All files before any is filled: which came first says nothing.
    fillSlots(unfinished, rng);
    await fill(own);
    writeOver(own.head, parts.head);
    settle(unfinished, rng, parts.first);
    syncFolder(unfinished.vault);
    renameSync(unfinished.vault, filesOf(dir).vault);
    syncFolder(dir);
  } catch (error) {
    rmSync(unfinished.vault, { recursive: true, force: true });
    throw error;
  }
}
