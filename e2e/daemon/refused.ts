/** What the command line refuses, and that nothing changed in a profile meanwhile. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openProfile } from '@tacet/adapters/profiles-sqlcipher';
import { Sensitive } from '@tacet/base';
import { openSlot } from '@tacet/testkit/open-slot';
import type { Home } from './home.ts';

/** Checks text and JSON: same exit status, one sentence, the code. */
export function refusals(home: Home) {
  return async (
    profile: string,
    argv: readonly string[],
    code: string,
    status: number,
  ): Promise<void> => {
    const text = await home.tacet(profile, argv);
    assert.equal(text.code, status, text.err);
    assert.equal(text.out, '');
    const lines = text.err.trimEnd().split('\n');
    assert.match(lines[0] ?? '', /^tacet: \S.*\S$/);
    assert.ok(lines.length <= 2, text.err);
    const json = await home.tacet(profile, [...argv, '--json']);
    assert.equal(json.code, status);
    assert.equal((JSON.parse(json.err) as { code: string }).code, code);
    assert.equal(json.out, '');
  };
}

/** Hash of every file below a folder. */
export function snapshot(dir: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(dir, name);
    if (statSync(path).isFile()) hash.update(name).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** Where a profile lies, how many pages it has, and what they say. */
export async function placeOf(dir: string) {
  const secret = new Sensitive(new TextEncoder().encode('correct horse battery'));
  const opened = await openProfile({ dir, secret });
  const slot = openSlot(dir);
  const pages = Number(opened.store.get('PRAGMA page_count')?.['page_count']);
  const tables = opened.store.all('SELECT name, sql FROM sqlite_schema ORDER BY name');
  opened.close();
  return { slot, pages, tables };
}
