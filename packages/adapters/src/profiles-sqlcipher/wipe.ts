/**
 * Destroying a profile (docs/spec/10-store.md, 8). The key of its database stands in the header alone, so
 * 4,096 bytes are overwritten first, in their place, which takes no room on a full disk; what remains is
 * as good as random and is removed after that, however long it takes.
 */
import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import type { Rng } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { codeOf, fromSystem } from './errors.ts';
import { overwrite, syncFolder } from './files.ts';
import type { Found } from './slots.ts';
import { filesOf } from './vault.ts';

/** Headers first: they are what counts. Tries all of them; throws what failed first. */
export function eraseKeys(dir: string, rng: Rng = systemRng): void {
  const vaults = [filesOf(dir), filesOf(dir, 'vault.new')];
  const heads = vaults.flatMap(({ slots }) => slots.flatMap(({ head }) => [head, `${head}.new`]));
  overwriteAll([...heads, ...vaults.map(({ salt }) => salt)], rng);
}

/**
 * Every header but the one that asked for it, which opens the slot it names, and that slot's own. Killed
 * half-way it is done again by the next opening, as the one that asks stays.
 */
export function eraseOthers(dir: string, { at, header }: Found, rng: Rng): void {
  const files = filesOf(dir);
  const others = files.slots.filter((_, slot) => slot !== at && slot !== header.slot);
  const unfinished = filesOf(dir, 'vault.new').slots.map(({ head }) => head);
  const next = files.slots.map(({ head }) => `${head}.new`);
  overwriteAll([...others.map(({ head }) => head), ...next, ...unfinished], rng);
  // A log tells that its slot was open when the computer stopped.
  for (const { data } of others) rmSync(`${data}-wal`, { force: true });
}

function overwriteAll(paths: readonly string[], rng: Rng): void {
  const failures: unknown[] = [];
  for (const path of paths) {
    try {
      overwriteAt(path, rng);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw fromSystem(failures[0]);
}

/** Removes what is left of a profile whose store is closed: from the first step on there is none here. */
export function removeVault(dir: string): void {
  const { vault } = filesOf(dir);
  const unfinished = filesOf(dir, 'vault.new').vault;
  try {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(vault)) return;
    // Under this name the next attempt to make a profile removes what a crash left.
    renameSync(vault, unfinished);
    syncFolder(dir);
    rmSync(unfinished, { recursive: true, force: true });
  } catch (error) {
    throw fromSystem(error);
  }
}

/** A file that is not there needs it no more. */
function overwriteAt(path: string, rng: Rng): void {
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return;
    throw error;
  }
  try {
    overwrite(file, rng);
  } finally {
    closeSync(file);
  }
}
