/** Where the blocks of a vault's files lie says nothing of which slots are used. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Sensitive } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import {
  createProfile,
  type OpenProfile,
  openProfile,
} from '../../src/profiles-sqlcipher/index.ts';
import { extentsOf, placesOf } from './extents.ts';
import { DAY, START, tend } from './rolling-scene.ts';

const FIRST = 64;
const PARTS = ['head', 'data', 'cells', 'roll0', 'roll1'];
const root = mkdtempSync(join(tmpdir(), 'tacet-blocks-'));
after(() => rmSync(root, { recursive: true, force: true }));

const options = (dir: string, text = 'first') => ({
  dir,
  first: FIRST,
  kind: 'keychain' as const,
  secret: new Sensitive(new Uint8Array(createHash('sha256').update(text).digest())),
});

const pathsOf = (dir: string, part: string) =>
  [0, 1, 2, 3].map((slot) => join(dir, 'vault', `${slot}.${part}`));

/** Of each part and slot, block by block. */
function blocks(dir: string): Map<string, number[][]> {
  const found = extentsOf(PARTS.flatMap((part) => pathsOf(dir, part)))?.map(placesOf);
  assert.ok(found !== undefined);
  return new Map(PARTS.map((part, n) => [part, found.slice(4 * n, 4 * n + 4)]));
}

function sizes(dir: string, part: string): Set<number> {
  return new Set(pathsOf(dir, part).map((path) => statSync(path).size));
}

const probe = join(root, 'probe');
writeFileSync(probe, new Uint8Array(8_192));
const skip =
  extentsOf([probe]) === null
    ? 'no filefrag (e2fsprogs), or a file system that does not say'
    : false;

/** What a person does in a day: texts, a file, a copy. */
async function live(profile: OpenProfile, day: number): Promise<void> {
  for (let n = 0; n < 12; n++) {
    profile.store.transaction(() => {
      profile.store.run('INSERT INTO t VALUES (?)', `text ${n} `.repeat(500));
    });
  }
  if (day === 7) profile.store.run('INSERT INTO t VALUES (?)', 'one large text '.repeat(100_000));
  profile.store.run('DELETE FROM t WHERE rowid % 5 = 0');
  if (day % 3 === 0) {
    const cells = await profile.cells();
    const place = { key: systemRng.fill(new Uint8Array(32)), file: day, block: 0 };
    await cells.write(day, place, new Uint8Array(144_832));
  }
  await tend(profile, START + day * DAY);
}

test('no block of a used slot moves that the others keep, and all grow together', {
  skip,
}, async () => {
  const dir = join(root, 'vault');
  const made = await createProfile({ ...options(dir), slot: 2 });
  made.store.exec('CREATE TABLE t (v TEXT) STRICT');
  made.close();
  let before = blocks(dir);
  for (let day = 1; day <= 12; day++) {
    const profile = await openProfile(options(dir));
    await live(profile, day);
    for (const part of PARTS) assert.equal(sizes(dir, part).size, 1, `${part}, open, day ${day}`);
    profile.close();
    const now = blocks(dir);
    for (const [part, slots] of now) {
      assert.equal(sizes(dir, part).size, 1, part);
      for (const [slot, places] of slots.entries()) {
        const kept = before.get(part)?.[slot] ?? [];
        assert.deepEqual(places.slice(0, kept.length), kept, `${slot}.${part}, day ${day}`);
      }
    }
    before = now;
  }
});
