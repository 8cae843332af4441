/**
 * A profile on disk (docs/spec/10-store.md): made, opened, sealed under another secret. Every
 * failure leaves the vault as it was found.
 */
import { existsSync, rmSync, statfsSync } from 'node:fs';
import { AppError, dayOf, type Rng, randomBytes } from '@tacet/base';
import type { FileCells, ProfileStore } from '@tacet/client';
import { type Argon2Cost, systemRng, wipe } from '@tacet/crypto';
import { CELL_BYTES } from './cell-form.ts';
import { openFileCells } from './cells.ts';
import { PageCheck } from './check.ts';
import { openDatabase } from './database.ts';
import * as errors from './errors.ts';
import { replace } from './files.ts';
import {
  checkSecret,
  type Header,
  openHead,
  type ProfileSecret,
  sealHead,
  slotKey,
} from './header.ts';
import { KEY_BYTES, PASSPHRASE_COST, SALT_BYTES } from './limits.ts';
import { lockProfile } from './lock.ts';
import { type ProfileSnapshot, SnapshotFiles, takeSnapshot } from './snapshot.ts';
import { SqlcipherStore } from './store.ts';
import {
  buildVault,
  type Files,
  filesOf,
  makeFolder,
  profileExists,
  readVault,
  SLOT,
} from './vault.ts';

export interface ProfileOptions extends ProfileSecret {
  /** The profile's folder. */
  readonly dir: string;
  /** Tests only: a header opens under the cost it was made with, and stores it nowhere. */
  readonly cost?: Argon2Cost;
  readonly rng?: Rng;
  /** Runs what may hold everything up for tens of milliseconds when a profile is opened; not given: at once. */
  readonly inTurn?: <T>(work: () => T | Promise<T>) => Promise<T>;
}

export interface OpenProfile {
  readonly store: ProfileStore;
  /** Days since the epoch. */
  readonly createdDay: number;
  /** Whether the secret opens this profile: asked again before something grave. */
  verify(secret: ProfileSecret): Promise<boolean>;
  /** Seals the header anew. Throws `passphrase-wrong` when `current` does not open it. */
  changeSecret(current: ProfileSecret, next: ProfileSecret): Promise<void>;
  /** Bytes left on its disk. Throws `profile-storage-failed`. */
  room(): number;
  /** Where bytes of files lie; made when they are first asked for. */
  cells(): Promise<FileCells>;
  /**
   * Resolves when every page was looked over, or the profile closed before; throws `profile-unreadable` for
   * damage that the opening did not meet, `profile-storage-failed`. Nobody may go on with such a store.
   */
  checked(): Promise<void>;
  /**
   * One moment of the profile, for a backup; whoever asked releases it. Throws `profile-closed`, `snapshot-held`.
   * @param withFiles also the cells
   */
  snapshot(withFiles: boolean): Promise<ProfileSnapshot>;
  /** Closes the store and lets the profile go; the same as `store.close()`. Twice is fine. */
  close(): void;
}

/** Throws `profile-exists`, `profile-in-use`, `passphrase-empty`, `passphrase-too-long`. */
export async function createProfile(options: ProfileOptions): Promise<OpenProfile> {
  checkSecret(options);
  const { dir, rng = systemRng, cost = PASSPHRASE_COST } = options;
  if (profileExists(dir)) throw errors.profileExists();
  const files = filesOf(dir);
  const salt = randomBytes(rng, SALT_BYTES);
  const header = { createdDay: dayOf(Date.now()), databaseKey: randomBytes(rng, KEY_BYTES) };
  const key = await slotKey(options, salt, SLOT, cost);
  let release = (): void => {};
  try {
    makeFolder(dir);
    release = lockProfile(files.lock);
    if (profileExists(dir)) throw errors.profileExists();
    buildVault(dir, { salt, head: sealHead(key, header, rng) }, header.databaseKey);
    return new Profile(options, files, header, release, null);
  } catch (error) {
    release();
    throw errors.fromSystem(error);
  } finally {
    wipe(key, header.databaseKey);
  }
}

/**
 * Throws `profile-missing`, `profile-in-use`, `passphrase-wrong`, `profile-newer`,
 * `profile-unreadable`.
 */
export async function openProfile(options: ProfileOptions): Promise<OpenProfile> {
  checkSecret(options);
  const files = filesOf(options.dir);
  if (!profileExists(options.dir)) throw errors.profileMissing();
  let release = (): void => {};
  const { inTurn = atOnce } = options;
  try {
    release = await inTurn(() => lockProfile(files.lock));
    const header = await readHeader(files, options, options);
    try {
      const check = await inTurn(() => PageCheck.begin(files.data, header.databaseKey));
      release = closing(check, release);
      const profile = await inTurn(() => new Profile(options, files, header, release, check));
      // A change of passphrase that did not get as far as its rename.
      rmSync(`${files.head}.new`, { force: true });
      return profile;
    } finally {
      wipe(header.databaseKey);
    }
  } catch (error) {
    release();
    throw errors.fromSystem(error);
  }
}

async function atOnce<T>(work: () => T | Promise<T>): Promise<T> {
  return await work();
}

/** SQLite has closed the files, or never opened them. */
function closing(check: PageCheck, release: () => void): () => void {
  return () => {
    check.close();
    release();
  };
}

async function readHeader(
  files: Files,
  secret: ProfileSecret,
  options: ProfileOptions,
): Promise<Header> {
  const { salt, head } = readVault(files);
  const key = await slotKey(secret, salt, SLOT, options.cost ?? PASSPHRASE_COST);
  try {
    return openHead(key, head);
  } finally {
    wipe(key);
  }
}

class Profile implements OpenProfile {
  readonly store: SqlcipherStore;
  readonly createdDay: number;
  private readonly options: ProfileOptions;
  private readonly files: Files;
  private readonly looked: Promise<void>;
  private readonly databaseKey: Uint8Array;
  private readonly snapshotFiles = new SnapshotFiles();
  private opening: Promise<FileCells> | null = null;

  /** @param check what is left to look over; null for a profile just made */
  constructor(
    options: ProfileOptions,
    files: Files,
    header: Header,
    release: () => void,
    check: PageCheck | null,
  ) {
    this.options = options;
    this.files = files;
    this.createdDay = header.createdDay;
    // For backups; the header's own is wiped by whoever read it.
    this.databaseKey = header.databaseKey.slice();
    this.store = new SqlcipherStore(openDatabase(files.data, header.databaseKey), () => {
      this.snapshotFiles.close();
      wipe(this.databaseKey);
      release();
    });
    this.looked = check === null ? Promise.resolve() : lookOver(check);
    // Told to whoever asks; nobody must.
    this.looked.catch(() => undefined);
  }

  checked(): Promise<void> {
    return this.looked;
  }

  async verify(secret: ProfileSecret): Promise<boolean> {
    try {
      checkSecret(secret);
      const header = await readHeader(this.files, secret, this.options);
      wipe(header.databaseKey);
      return true;
    } catch (error) {
      if (error instanceof AppError && ['input', 'usage'].includes(error.kind)) return false;
      throw errors.fromSystem(error);
    }
  }

  async changeSecret(current: ProfileSecret, next: ProfileSecret): Promise<void> {
    checkSecret(current);
    checkSecret(next);
    const { rng = systemRng, cost = PASSPHRASE_COST } = this.options;
    try {
      const header = await readHeader(this.files, current, this.options);
      const key = await slotKey(next, readVault(this.files).salt, SLOT, cost);
      try {
        this.store.assertOpen();
        replace(this.files.head, sealHead(key, header, rng), rng);
      } finally {
        wipe(key, header.databaseKey);
      }
    } catch (error) {
      throw errors.fromSystem(error);
    }
  }

  room(): number {
    try {
      const { bavail, bsize } = statfsSync(this.options.dir);
      return bavail * bsize;
    } catch (error) {
      throw errors.fromSystem(error);
    }
  }

  cells(): Promise<FileCells> {
    this.store.assertOpen();
    this.opening ??= openFileCells(this.files.cells, this.options.rng ?? systemRng);
    return this.opening;
  }

  snapshot(withFiles: boolean): Promise<ProfileSnapshot> {
    const { store, databaseKey, files } = this;
    const cells = withFiles && existsSync(files.cells) ? files.cells : null;
    const parts = { store, databaseKey, data: files.data, cells, cellBytes: CELL_BYTES };
    return takeSnapshot({ ...parts, files: this.snapshotFiles });
  }

  close(): void {
    this.store.close();
    const { opening } = this;
    this.opening = null;
    // What is being written is finished; whoever asked for it is told if it could not be.
    if (opening !== null) opening.then((cells) => cells.close()).catch(() => undefined);
  }
}

async function lookOver(check: PageCheck): Promise<void> {
  try {
    await check.rest();
  } catch (error) {
    throw errors.fromSystem(error);
  }
}
