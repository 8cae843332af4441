/** Names of the store's files, and how a dropped day leaves the disk without holding anybody up. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { LIMITS } from './limits.ts';

export function fileName(day: number): string {
  return `boxes-${day}.db`;
}

export function recordsName(day: number): string {
  return `boxes-${day}.records`;
}

export function marksName(day: number): string {
  return `boxes-${day}.marks`;
}

export function changesName(day: number): string {
  return `boxes-${day}.changes`;
}

/** The expiry day in the name of a database, or null for another file. */
export function dayOfFile(name: string): number | null {
  const match = /^boxes-(\d{1,7})\.db$/.exec(name);
  return match ? Number(match[1]) : null;
}

const OWN = /^(dropped-)?(boxes-\d{1,7})\.(?:db|marks|changes|records|db-wal|db-shm|db-journal)$/;

/** The name of a file that was put aside. */
export function droppedName(name: string): string {
  return `dropped-${name}`;
}

/**
 * Removes dropped days, and records and logs without a database, also those of a process that was
 * killed. A large file goes in steps: giving back all of its blocks at once would hold up writes
 * of other files.
 */
export async function removeDropped(dir: string): Promise<void> {
  const names = await readdir(dir);
  for (const name of names) {
    const match = OWN.exec(name);
    if (match === null) continue;
    const [, dropped, day] = match;
    if (dropped === undefined && names.includes(`${day}.db`)) continue;
    const path = join(dir, name);
    let { size } = await stat(path);
    while (size > LIMITS.dropStep) {
      size -= LIMITS.dropStep;
      await truncate(path, size);
    }
    await rm(path);
  }
}

export function syncDirectory(dir: string): void {
  const handle = openSync(dir, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
