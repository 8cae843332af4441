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
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rng } from '@tacet/base';
import { CELL_BYTES } from './cell-form.ts';
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
import {
  levelCells,
  levelData,
  levelSizes,
  type Piece,
  type Sync,
  syncLater,
  syncNow,
} from './sizes.ts';
import { randomHead } from './slots.ts';

/** Copied at a time. */
const PIECE_BYTES = 262_144;

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

/** Where a database is made before it goes into its slot: under a name that is no slot's. */
export function makingOf(files: Files): string {
  return join(files.vault, 'data.new');
}

export function removeMade(path: string): void {
  for (const one of [path, `${path}-wal`]) rmSync(one, { force: true });
}

/**
 * A database that was made beside, over what lies in a slot, whose file stays as old as the others and where it lies.
 * Random bytes behind it stay.
 */
export async function putInSlot(made: string, { data }: SlotFiles): Promise<void> {
  const from = await open(made, 'r');
  try {
    const into = await open(data, 'r+');
    try {
      const bytes = new Uint8Array(PIECE_BYTES);
      for (let at = 0; ; ) {
        const { bytesRead } = await from.read(bytes, 0, PIECE_BYTES, at);
        if (bytesRead === 0) break;
        await writeAt(into, bytes.subarray(0, bytesRead), at);
        at += bytesRead;
      }
      await into.sync();
    } finally {
      await into.close();
    }
  } finally {
    await from.close();
  }
  removeMade(made);
}

/** What a slot lacks is made of random bytes: nobody has its key. What was being made goes. */
export function fillSlots(files: Files, rng: Rng): void {
  removeMade(makingOf(files));
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
  for (const piece of resting(files, rng, syncNow, first)) piece();
}

/** The same in pieces of a millisecond or two. */
export function settling(files: Files, rng: Rng, first?: number): Generator<Piece> {
  return resting(files, rng, syncLater, first);
}

function* resting(files: Files, rng: Rng, sync: Sync, first?: number): Generator<Piece> {
  yield* levelSizes(files.slots, rng, sync, first);
  yield () => {
    const now = new Date();
    for (const name of readdirSync(files.vault)) utimesSync(join(files.vault, name), now, now);
  };
}

/** A slot of a vault that is being made. */
export interface NewSlot {
  /** Where its database is to be; it goes into its place behind that. */
  readonly database: string;
  /** Bytes of its files: cells, one after the other. */
  putCells(pieces: AsyncIterable<Uint8Array>): Promise<void>;
}

/**
 * Fills a vault under another name and renames it, so that a crash on the way leaves no profile. What
 * such a crash left is only ever an unfinished vault, and is removed.
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
  fill: (slot: NewSlot) => Promise<void> | void,
): Promise<void> {
  const unfinished = filesOf(dir, 'vault.new');
  const own = slotFiles(unfinished, parts.slot);
  const database = makingOf(unfinished);
  rmSync(unfinished.vault, { recursive: true, force: true });
  try {
    makeFolder(unfinished.vault);
    writeNew(unfinished.salt, parts.salt);
    // All files before any is filled, and all of one length before any holds something: neither which came first nor
    // where one lies says anything.
    fillSlots(unfinished, rng);
    await fill({ database, putCells: (pieces) => putCells(unfinished, own, pieces, rng) });
    const pages = Math.ceil(statSync(database).size / PAGE_BYTES);
    for (const piece of levelData(unfinished.slots, pages, rng, syncLater, parts.first)) {
      await piece();
    }
    await putInSlot(database, own);
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

/** Those of all slots are lengthened before a byte is written into the one. */
async function putCells(
  { slots }: Files,
  own: SlotFiles,
  pieces: AsyncIterable<Uint8Array>,
  rng: Rng,
): Promise<void> {
  const file = await open(own.cells, 'r+');
  try {
    let at = 0;
    for await (const bytes of pieces) {
      const count = Math.ceil((at + bytes.length) / CELL_BYTES);
      for (const piece of levelCells(slots, count, rng, syncLater)) await piece();
      await writeAt(file, bytes, at);
      at += bytes.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAt(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}
