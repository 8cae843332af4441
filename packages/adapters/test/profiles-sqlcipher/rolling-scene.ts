/** A profile whose rolling copies are made on days of the test's own, and all that its key opens in its files. */
import assert from 'node:assert/strict';
import { createDecipheriv } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Sensitive, utf8 } from '@tacet/base';
import {
  createProfile,
  type OpenProfile,
  openProfile,
} from '../../src/profiles-sqlcipher/index.ts';
import { RollingReader } from '../../src/profiles-sqlcipher/rolling-read.ts';
import { watchDisk } from '../disk-steps.ts';

export const DAY = 86_400_000;
export const START = 1_800_000_000_000;
const PAGE = 4_096;

export const typed = (text: string) => ({ secret: new Sensitive(utf8(text)) });
export const options = (dir: string, text = 'first') => ({
  dir,
  ...typed(text),
  cost: { memoryKiB: 64, passes: 1 },
  first: 4,
  answerStep: 0,
});

/** In slot 2, with rows enough for some chunks. */
export async function makeStore(dir: string, rows = 60): Promise<OpenProfile> {
  const profile = await createProfile({ ...options(dir), slot: 2 });
  profile.store.exec('CREATE TABLE t (n INTEGER PRIMARY KEY, v TEXT) STRICT');
  fill(profile, rows);
  return profile;
}

export function fill({ store }: OpenProfile, rows: number): void {
  for (let n = 0; n < rows; n++) {
    store.run('INSERT INTO t (v) VALUES (?)', `row ${n} `.repeat(400));
  }
}

export const reopen = (dir: string, text = 'first') => openProfile(options(dir, text));

/** What the daemon does now and then. */
export async function tend(profile: OpenProfile, now: number): Promise<void> {
  await profile.rolling.expire(now);
  if (await profile.rolling.due(now)) await copy(profile, now);
}

export async function copy(profile: OpenProfile, now: number, signal?: AbortSignal): Promise<void> {
  const snapshot = await profile.snapshot(false);
  try {
    await profile.rolling.make({
      data: snapshot.data,
      at: now,
      turn: async (piece) => {
        await setImmediate();
        return piece();
      },
      signal: signal ?? new AbortController().signal,
    });
  } finally {
    snapshot.release();
  }
}

export async function keyOf(profile: OpenProfile): Promise<Uint8Array> {
  const snapshot = await profile.snapshot(false);
  const key = snapshot.databaseKey.slice();
  snapshot.release();
  return key;
}

/** Whether a text stands in any file of the slot, for who has the key of its database: file by file. */
export function placesOf(dir: string, key: Uint8Array, text: string, slot = 2): string[] {
  const wanted = Buffer.from(text);
  const folder = join(dir, 'vault');
  const found: string[] = [];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    assert.ok(!bytes.includes(wanted), `${name} has it in clear`);
    if (pagesIn(name, path, bytes, key).some((page) => plainOf(page, key).includes(wanted))) {
      found.push(name);
    }
  }
  return found.filter((name) => name.startsWith(`${slot}`));
}

/** Every page of 4,096 bytes, wherever it may begin. */
function pagesIn(name: string, path: string, bytes: Buffer, key: Uint8Array): Uint8Array[] {
  const roll = /^\d\.roll(\d)$/.exec(name);
  if (roll !== null) {
    const reader = RollingReader.open(path, Number(roll[1]), key);
    if (reader === null) return [];
    const pages = Array.from({ length: reader.pages }, (_, i) => reader.page(i + 1)?.slice());
    reader.close();
    return pages.filter((page) => page !== undefined);
  }
  const [from, step, skip] = name.endsWith('-wal') ? [32, PAGE + 24, 24] : [0, PAGE, 0];
  const pages: Uint8Array[] = [];
  for (let at = from + skip; at + PAGE <= bytes.length; at += step) {
    pages.push(bytes.subarray(at, at + PAGE));
  }
  return pages;
}

function plainOf(page: Uint8Array, key: Uint8Array): Buffer {
  const cipher = createDecipheriv('aes-256-cbc', key, page.subarray(PAGE - 80, PAGE - 64));
  // Of the first page the salt stands in front: its second block is in order all the same.
  return cipher.setAutoPadding(false).update(page.subarray(0, PAGE - 80));
}

/** Moments of the copies that are whole, page by page, with the rows they hold. */
export async function wholeCopies(dir: string, key: Uint8Array, slot = 2): Promise<number[]> {
  const moments: number[] = [];
  for (const which of [0, 1]) {
    const reader = RollingReader.open(join(dir, 'vault', `${slot}.roll${which}`), which, key);
    if (reader === null) continue;
    for (let page = 1; page <= reader.pages; page++) assert.ok(reader.page(page), `page ${page}`);
    moments.push(reader.at);
    reader.close();
  }
  return moments.sort((a, b) => b - a);
}

/** A program that makes a copy and dies at a step on the disk. */
if (import.meta.main) {
  const [dir = '', now = '', at = '', fate = ''] = process.argv.slice(2);
  const profile = await reopen(dir);
  watchDisk(Number(at), fate === 'torn' ? 'torn' : 'killed');
  await copy(profile, Number(now));
  profile.close();
}
