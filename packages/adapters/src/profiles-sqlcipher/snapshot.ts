/**
 * One moment of an open profile, for a backup (docs/spec/20-recovery.md, 3). While it is held the log is
 * not brought into the data file, which therefore does not change; the daemon goes on writing.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '@tacet/base';
import { wipe } from '@tacet/crypto';
import { fromSystem, profileUnreadable } from './errors.ts';
import { PAGE_BYTES } from './limits.ts';
import { PageAuthority } from './pages.ts';
import type { SqlcipherStore } from './store.ts';

/** Bytes of one file as they lie. */
export interface SnapshotFile {
  readonly bytes: number;
  read(at: number, length: number): Promise<Uint8Array>;
  /**
   * To be asked of all that was read, half a millisecond: throws `profile-unreadable` for pages that are
   * damaged, `profile-closed` when the profile was shut meanwhile.
   */
  check(at: number, bytes: Uint8Array): void;
}

export interface ProfileSnapshot {
  /** Opens the pages; wiped with the release. */
  readonly databaseKey: Uint8Array;
  readonly data: SnapshotFile;
  /** Of the cells as they are when they are read; null where there are none. */
  readonly cells: SnapshotFile | null;
  /** The log goes into the data file again. Twice is fine. */
  release(): void;
}

/**
 * Handles stay open as long as the profile: on POSIX, closing any handle of a file drops the locks that
 * SQLite holds on it.
 */
export class SnapshotFiles {
  private readonly handles = new Map<string, Promise<FileHandle>>();

  handle(path: string): Promise<FileHandle> {
    const known = this.handles.get(path);
    if (known !== undefined) return known;
    const opening = open(path, 'r');
    this.handles.set(path, opening);
    opening.catch(() => this.handles.delete(path));
    return opening;
  }

  /** After the database was closed. */
  close(): void {
    for (const opening of this.handles.values()) {
      opening.then((handle) => handle.close()).catch(() => undefined);
    }
    this.handles.clear();
  }
}

export interface SnapshotParts {
  readonly store: SqlcipherStore;
  readonly files: SnapshotFiles;
  readonly databaseKey: Uint8Array;
  readonly data: string;
  /** Null where there are none. */
  readonly cells: string | null;
  readonly cellBytes: number;
}

/** Throws `profile-closed`, `snapshot-held`. */
export async function takeSnapshot(parts: SnapshotParts): Promise<ProfileSnapshot> {
  const { store, files, cellBytes } = parts;
  store.freeze();
  const key = parts.databaseKey.slice();
  let authority: PageAuthority | null = null;
  const release = (): void => {
    authority?.wipe();
    authority = null;
    wipe(key);
    store.thaw();
  };
  try {
    const handle = await files.handle(parts.data);
    const first = await exactly(handle, 0, PAGE_BYTES);
    authority = new PageAuthority(key, first);
    // Behind them the file has random bytes.
    const bytes = authority.pagesOf(first) * PAGE_BYTES;
    if ((await handle.stat()).size < bytes) throw profileUnreadable();
    const data = {
      bytes,
      read: (at: number, length: number) => exactly(handle, at, length),
      check(at: number, bytes: Uint8Array): void {
        // What was read while the log came into it is no moment of anything.
        store.assertOpen();
        if (authority === null) throw released();
        if (!allHold(authority, bytes, at)) throw profileUnreadable();
      },
    };
    const cells = parts.cells === null ? null : await cellsOf(files, parts.cells, cellBytes);
    store.assertOpen();
    return { databaseKey: key, data, cells, release };
  } catch (error) {
    release();
    throw fromSystem(error);
  }
}

async function cellsOf(files: SnapshotFiles, path: string, cellBytes: number) {
  const handle = await files.handle(path);
  const { size } = await handle.stat();
  return {
    // A torn last one was never named.
    bytes: size - (size % cellBytes),
    read: (at: number, length: number) => exactly(handle, at, length),
    // Each is authenticated for itself, under a key in the database.
    check: () => undefined,
  };
}

function allHold(authority: PageAuthority, bytes: Uint8Array, at: number): boolean {
  for (let from = 0; from < bytes.length; from += PAGE_BYTES) {
    const page = bytes.subarray(from, from + PAGE_BYTES);
    if (!authority.holds(page, (at + from) / PAGE_BYTES + 1)) return false;
  }
  return true;
}

async function exactly(handle: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  try {
    for (let done = 0; done < length; ) {
      const { bytesRead } = await handle.read(bytes, done, length - done, at + done);
      if (bytesRead === 0) throw profileUnreadable();
      done += bytesRead;
    }
  } catch (error) {
    throw fromSystem(error);
  }
  return bytes;
}

function released(): AppError {
  return new AppError('snapshot-released', 'bug', 'a snapshot is read after its release');
}
