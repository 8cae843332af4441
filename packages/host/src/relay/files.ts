/** Files that must be there after a crash, and files of which nothing may stay. Mode 0600. */
import {
  chmodSync,
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '@tacet/base';

export function privateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Durable when it returns: written beside, synced, renamed, and the folder synced. */
export function writeDurably(path: string, bytes: Uint8Array): void {
  const beside = `${path}.new`;
  rmSync(beside, { force: true });
  const file = openSync(beside, 'wx', 0o600);
  try {
    writeAll(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  syncFolder(dirname(path));
}

/** @param offset in the file; without it, where the file stands */
export function writeAll(file: number, bytes: Uint8Array, offset?: number): void {
  for (let at = 0; at < bytes.length; ) {
    const place = offset === undefined ? null : offset + at;
    at += writeSync(file, bytes, at, bytes.length - at, place);
  }
}

export function syncFolder(path: string): void {
  // Windows has no handle for a folder; its file system journals the rename.
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Zeros over it first: on flash that proves nothing, on other disks it is all there is. */
export function wipeFile(path: string): void {
  try {
    const { size } = statSync(path);
    const file = openSync(path, 'r+');
    try {
      writeAll(file, new Uint8Array(size));
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch {
    // What cannot be overwritten is still removed.
  }
  rmSync(path, { force: true });
  syncFolder(dirname(path));
}

/** Null when there is no such file. Others may not read a secret: `key-readable`. */
export function readSecret(path: string): Uint8Array | null {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return null;
  if (process.platform !== 'win32' && (status.mode & 0o077) !== 0) {
    throw new AppError(
      'key-readable',
      'usage',
      'a key file of this relay can be read by others: chmod 600 it, and its folder 700',
    );
  }
  return new Uint8Array(readFileSync(path));
}

/**
 * A folder of numbered files, without what a crash left half written. To be called before anything
 * writes there: what is being written looks the same.
 */
export function numberedFolder(path: string): string {
  privateFolder(path);
  for (const name of readdirSync(path)) {
    if (name.endsWith('.new')) rmSync(join(path, name), { force: true });
  }
  return path;
}

/** Numbers `n` for which the folder holds `<n><suffix>`, ascending. */
export function numberedFiles(folder: string, suffix: string): number[] {
  return readdirSync(folder)
    .map((name) => (name.endsWith(suffix) ? name.slice(0, -suffix.length) : ''))
    .filter((number) => /^(0|[1-9]\d{0,9})$/.test(number))
    .map(Number)
    .sort((a, b) => a - b);
}

/** For sockets, whose mode cannot be given when they are made. */
export function restrict(path: string): void {
  if (process.platform !== 'win32') chmodSync(path, 0o600);
}
