/**
 * Seeds of packet keys as files, one an epoch (docs/spec/04-mixing.md, 3). Their bytes pass
 * through buffers outside the collector's heap, which are not moved and can be wiped.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { AppError } from '@tacet/base';

const SEED = 32;
export const SEED_SUFFIX = '.seed';

export function seedName(epoch: number): string {
  return `${epoch}${SEED_SUFFIX}`;
}

/** 32 zeros. */
export function newSeed(): Uint8Array {
  return new Uint8Array(new ArrayBuffer(SEED));
}

/** Throws `epoch-seed` when it is not there or damaged, `key-readable`. Whoever asks wipes it. */
export function readSeed(path: string): Uint8Array {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    throw damaged();
  }
  try {
    const { size, mode } = fstatSync(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new AppError(
        'key-readable',
        'usage',
        'a key file of this relay can be read by others: chmod 600 it, and its folder 700',
      );
    }
    const seed = newSeed();
    if (size !== SEED || readSync(file, seed, 0, SEED, 0) !== SEED) throw damaged();
    return seed;
  } finally {
    closeSync(file);
  }
}

function damaged(): AppError {
  return new AppError('epoch-seed', 'storage', 'a stored epoch secret is missing or damaged');
}
