/**
 * A new profile from what can still be read of a damaged one (docs/spec/20-recovery.md, 12). Not a byte of the
 * damaged one is written; the new one comes to be as a restored one does.
 */
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Millis, type Rng, randomBytes } from '@tacet/base';
import type { ProfileStore } from '@tacet/client';
import { systemRng, wipe } from '@tacet/crypto';
import { CELL_BYTES } from '../cell-form.ts';
import type { ProfileOptions } from '../contract.ts';
import { openDatabase } from '../database.ts';
import * as errors from '../errors.ts';
import { checkSecret, type ProfileSecret } from '../header.ts';
import { readHeaders } from '../headers.ts';
import { lockProfile } from '../lock.ts';
import { claimFolder, newVault } from '../new-vault.ts';
import { checkWhole } from '../restore.ts';
import { theOne } from '../slots.ts';
import { SqlcipherStore } from '../store.ts';
import {
  filesOf,
  makeDatabase,
  type NewSlot,
  profileExists,
  type SlotFiles,
  slotFiles,
} from '../vault.ts';
import { eraseOthers } from '../wipe.ts';
import { type Loaded, loadRows } from './load.ts';
import { DamagedStore } from './pages.ts';
import { keepReferences, tablesOf } from './tables.ts';

/** What was found. */
export interface Salvaged extends Loaded {
  /** Pages of the database, those that do not hold, and those of them that a rolling copy had as they were. */
  readonly pages: number;
  readonly damaged: number;
  readonly repaired: number;
  /** Frames of the log that do not hold. */
  readonly brokenFrames: number;
  /** Moments of the rolling copies there are. */
  readonly copies: readonly Millis[];
  /** Rows that referred to lost ones and went with them, by table. */
  readonly hanging: ReadonlyMap<string, number>;
  /** Files' cells were taken along. */
  readonly withCells: boolean;
}

export interface SalvageOptions extends Pick<ProfileOptions, 'cost' | 'rng' | 'slot' | 'first'> {
  /** The damaged profile's folder and what opens it. */
  readonly from: ProfileSecret & { readonly dir: string };
  /** The new profile's. */
  readonly to: ProfileSecret & { readonly dir: string };
  /** Makes the tables of a version, in an empty store. */
  readonly tables: (store: ProfileStore, version: number | null) => void;
  /** When the rows are there, before what refers to lost ones goes. */
  readonly mend: (store: ProfileStore, loaded: Loaded) => void;
  /** Fences it: runs last, before there is a profile. */
  readonly prepare: (store: ProfileStore, salvaged: Salvaged) => void;
}

const VERSION_AT = 60;

/**
 * Throws `profile-missing`, `profile-in-use`, `passphrase-wrong` (also where header or salt are damaged),
 * `profile-unreadable` where no page holds, `profile-exists`, `disk-full`, and what the hooks throw. There is a
 * profile when it resolves and none when it throws.
 */
export async function salvageProfile(options: SalvageOptions): Promise<Salvaged> {
  const { from, to, rng = systemRng } = options;
  checkSecret(from);
  checkSecret(to);
  if (!profileExists(from.dir)) throw errors.profileMissing();
  if (profileExists(to.dir)) throw errors.profileExists();
  const releases: (() => void)[] = [];
  let key: Uint8Array | null = null;
  try {
    const damaged = filesOf(from.dir);
    for (const lock of [damaged.lock, damaged.vaultLock]) {
      // What is not there nobody holds: nothing is made beside a damaged profile.
      if (existsSync(lock)) releases.push(lockProfile(lock));
    }
    releases.push(claimFolder(to.dir));
    const found = theOne(await readHeaders(damaged, from, { ...options, ...from }));
    // A passphrase for coercion does what it does everywhere.
    if (found.header.kind === 'duress') eraseOthers(from.dir, found, rng);
    key = found.header.databaseKey;
    return await into(options, slotFiles(damaged, found.header.slot), key);
  } catch (error) {
    throw errors.fromSystem(error);
  } finally {
    if (key !== null) wipe(key);
    for (const release of releases) release();
  }
}

async function into(options: SalvageOptions, files: SlotFiles, key: Uint8Array): Promise<Salvaged> {
  const { to, rng = systemRng } = options;
  const made = await newVault({ ...options, ...to });
  const { databaseKey } = made.header;
  const damaged = new DamagedStore(files, key);
  let salvaged: Salvaged | null = null;
  try {
    await made.build(async ({ database, putCells }) => {
      const cells = await cellsOf(files.cells, putCells, rng);
      makeDatabase(database, databaseKey);
      const store = new SqlcipherStore(openDatabase(database, databaseKey));
      try {
        salvaged = fill(store, damaged, options, cells);
        store.checkpoint();
      } finally {
        store.close();
      }
    });
  } finally {
    damaged.close();
    made.wipe();
  }
  if (salvaged === null) throw errors.profileUnreadable();
  return salvaged;
}

function fill(
  store: SqlcipherStore,
  damaged: DamagedStore,
  { tables, mend, prepare }: SalvageOptions,
  withCells: boolean,
): Salvaged {
  for (let number = 1; number <= damaged.count; number++) damaged.page(number);
  tables(store, versionOf(damaged));
  store.exec('PRAGMA foreign_keys = OFF');
  const triggers = store.all("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'");
  for (const { name } of triggers) store.exec(`DROP TRIGGER "${name}"`);
  const loaded = loadRows(store, damaged);
  const hanging = store.transaction(() => {
    mend(store, loaded);
    return keepReferences(store, tablesOf(store));
  });
  store.transaction(() => {
    for (const { sql } of triggers) store.exec(String(sql));
  });
  store.exec('PRAGMA foreign_keys = ON');
  checkWhole(store);
  const salvaged: Salvaged = {
    ...loaded,
    pages: damaged.count,
    damaged: damaged.damaged.size,
    repaired: damaged.repaired.size,
    brokenFrames: damaged.brokenFrames,
    copies: damaged.copies.map(({ at }) => at),
    hanging,
    withCells,
  };
  prepare(store, salvaged);
  return salvaged;
}

/** Null where neither the store nor a copy says it. */
function versionOf(damaged: DamagedStore): number | null {
  for (const pages of [damaged, ...damaged.copies]) {
    const first = pages.page(1);
    if (first !== null) return new DataView(first.buffer, first.byteOffset).getUint32(VERSION_AT);
  }
  return null;
}

/** Each is authenticated for itself: what the disk does not give is random bytes. False where there are none. */
async function cellsOf(path: string, put: NewSlot['putCells'], rng: Rng): Promise<boolean> {
  if (!existsSync(path)) return false;
  const file = await open(path, 'r');
  try {
    const count = Math.floor((await file.stat()).size / CELL_BYTES);
    async function* cells(): AsyncGenerator<Uint8Array> {
      for (let cell = 0; cell < count; cell++) {
        const bytes = new Uint8Array(CELL_BYTES);
        const read = await file.read(bytes, 0, CELL_BYTES, cell * CELL_BYTES).catch(() => null);
        yield read?.bytesRead === CELL_BYTES ? bytes : randomBytes(rng, CELL_BYTES);
      }
    }
    if (count > 0) await put(cells());
    return count > 0;
  } finally {
    await file.close();
  }
}
