/** A profile's bytes as a backup sees them, without a profile. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BackupMade,
  type BackupRequest,
  openBackup,
  PIECE_BYTES,
  writeBackup,
} from '../../src/backup-folder/index.ts';

export const ROOT = new Uint8Array(32).fill(7);
export const SALT = new Uint8Array(32).fill(8);
export const KEY = new Uint8Array(32).fill(9);

export function bodyOf(bytes: Uint8Array) {
  return {
    bytes: bytes.length,
    read: async (at: number, length: number) => bytes.slice(at, at + length),
  };
}

/** So many pages, no two alike. */
export function pages(n: number, seed = 1): Uint8Array {
  const out = new Uint8Array(n * 4_096);
  for (let i = 0; i < n; i++) {
    const page = createHash('shake256', { outputLength: 4_096 }).update(`${seed} ${i}`);
    out.set(page.digest(), i * 4_096);
  }
  return out;
}

export function cells(n: number): Uint8Array {
  return new Uint8Array(randomBytes(n * PIECE_BYTES));
}

export function write(
  dir: string,
  data: Uint8Array,
  change: Partial<BackupRequest> = {},
): Promise<BackupMade> {
  return writeBackup({
    dir,
    salt: SALT,
    root: ROOT,
    formerRoot: null,
    lastNumber: 0,
    pending: null,
    onHead: async () => undefined,
    at: 1_700_000_000_000,
    databaseKey: KEY.slice(),
    data: bodyOf(data),
    cells: null,
    withFiles: true,
    whole: false,
    signal: new AbortController().signal,
    work: async (piece) => piece(),
    onProgress: () => undefined,
    ...change,
  });
}

export async function read(dir: string, body: 'data' | 'cells' = 'data', root = ROOT) {
  const backup = await openBackup(dir, root);
  return Buffer.concat(await Array.fromAsync(backup.read(body)));
}

/** Name to bytes. */
export function look(dir: string): Map<string, Buffer> {
  return new Map(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name))]));
}

export function changed(before: Map<string, Buffer>, after: Map<string, Buffer>) {
  const added = [...after].filter(([name, bytes]) => before.get(name)?.equals(bytes) !== true);
  const gone = [...before.keys()].filter((name) => !after.has(name));
  return { added: added.map(([name]) => name), gone };
}
