/** Files of a profile: private to the owner, written whole or not at all, on disk when done. */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Rng } from '@tacet/base';
import { randomBytes } from '@tacet/base';
import { codeOf } from './errors.ts';

export const FILE_MODE = 0o600;
export const FOLDER_MODE = 0o700;

/** A new file; fails if there is one. On disk when this returns, its name after `syncFolder`. */
export function writeNew(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'wx', FILE_MODE);
  try {
    writeAll(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A file without a byte, whatever there was. */
export function makeEmpty(path: string): void {
  closeSync(openSync(path, 'w', FILE_MODE));
}

/** Over the first bytes of a file that is there, on disk when this returns. A crash may leave half of them. */
export function writeOver(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  try {
    writeAll(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** What stands in a file from now on. */
export interface Replacement {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Puts bytes in place of files of one folder: a crash leaves the old or the new ones of each. The old bytes
 * are overwritten once the new names hold; on flash that is a courtesy, not a promise.
 */
export function replaceAll(replacements: readonly Replacement[], rng: Rng): void {
  for (const { path, bytes } of replacements) {
    const next = `${path}.new`;
    rmSync(next, { force: true });
    writeNew(next, bytes);
  }
  const old: number[] = [];
  try {
    for (const { path } of replacements) {
      if (process.platform !== 'win32') old.push(openSync(path, 'r+'));
    }
    for (const { path } of replacements) renameSync(`${path}.new`, path);
    const [first] = replacements;
    if (first !== undefined) syncFolder(dirname(first.path));
    for (const file of old) overwrite(file, rng);
  } finally {
    for (const file of old) closeSync(file);
  }
}

/** The bytes of a file of exactly `length`; null if it is missing, has not, or is no file. */
export function readExact(path: string, length: number): Uint8Array | null {
  let file: number;
  try {
    // A pipe in its place would keep whoever opens it waiting.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw error;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size !== length) return null;
    const bytes = new Uint8Array(length);
    return readSync(file, bytes, 0, length, 0) === length ? bytes : null;
  } finally {
    closeSync(file);
  }
}

/** Makes new names in a folder durable. Windows does it by itself and refuses the call. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Random bytes over all of an open file, in their place, on disk when it returns. */
export function overwrite(file: number, rng: Rng): void {
  writeAll(file, randomBytes(rng, fstatSync(file).size));
  fsyncSync(file);
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, at);
}
