/** A profile's folder, byte by byte. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAppError } from '@tacet/base';
import { openProfile, type ProfileOptions } from '../../src/profiles-sqlcipher/index.ts';

/** Names, contents and modes of all files below. */
export function digest(dir: string): string {
  const sum = createHash('sha256');
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(dir, name);
    const stat = statSync(path);
    sum.update(`${name} ${stat.mode} ${stat.isFile()}\n`);
    if (stat.isFile()) sum.update(readFileSync(path));
  }
  return sum.digest('hex');
}

/** Refused with this code, no path said, and not one byte of the folder changed. */
export async function refusedAsItIs(options: ProfileOptions, code: string): Promise<void> {
  const before = digest(options.dir);
  await assert.rejects(openProfile(options), (error) => {
    assert.ok(isAppError(error), String(error));
    assert.equal(error.code, code);
    assert.ok(!error.message.includes(options.dir) && !String(error.cause).includes(options.dir));
    return true;
  });
  assert.equal(digest(options.dir), before, 'nothing changed');
}

/** Turns one bit of a file. */
export function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
