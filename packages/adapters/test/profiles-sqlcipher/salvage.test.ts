/** Salvage of some kinds of damage; of every page there is: salvage-pages.long.test.ts. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isAppError } from '@tacet/base';
import { profileExists } from '../../src/profiles-sqlcipher/index.ts';
import { START } from './rolling-scene.ts';
import {
  dataOf,
  lossOf,
  makeScene,
  namesByPage,
  overPage,
  PAGE,
  type Scene,
  salvage,
  salvageTo,
} from './salvage-scene.ts';
import { digest, flip } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-salvage-'));
after(() => rmSync(root, { recursive: true, force: true }));

let scene: Scene;
before(async () => {
  scene = await makeScene(join(root, 'plain'), 300);
});

test('nothing damaged: all is there', async () => {
  const { rows, salvaged } = await salvage(scene, () => {});
  assert.deepEqual(lossOf(scene, rows), []);
  assert.equal(salvaged.damaged, 0);
  assert.ok(salvaged.tables.every(({ missing }) => missing.length === 0));
  assert.deepEqual(salvaged.pages, scene.pages);
});

test('a page of rows that is zeros costs its rows and no others, and which is said', async () => {
  const names = namesByPage(scene.dir, scene.key);
  const page = names.findIndex((ids) => [...ids].some((id) => id.startsWith('l-')));
  const { rows, salvaged } = await salvage(scene, overPage(page, new Uint8Array(PAGE)));
  const lost = lossOf(scene, rows);
  assert.ok(lost.length > 5);
  assert.deepEqual(new Set(lost), names[page]);
  const lines = salvaged.tables.find((table) => table.name === 'lines');
  const ids = lost.map((id) => Number(id.slice(2)) + 1);
  assert.deepEqual(lines?.missing.length, 1);
  const [{ after: from = null, upTo = null } = {}] = lines?.missing ?? [];
  assert.ok((from ?? 0) < Math.min(...ids) && (upTo ?? Infinity) >= Math.max(...ids));
  assert.equal((upTo ?? 0) - (from ?? 0), ids.length, 'exactly these');
  assert.equal(salvaged.damaged, 1);
});

test('cut off in the middle: what stands in front is there', async () => {
  const half = Math.floor(scene.pages / 2);
  const { rows } = await salvage(scene, (dir) => truncateSync(dataOf(dir), half * PAGE + 100));
  const behind = new Set(
    namesByPage(scene.dir, scene.key)
      .slice(half + 1)
      .flatMap((ids) => [...ids]),
  );
  const lost = lossOf(scene, rows);
  assert.ok(lost.length > 0 && lost.every((id) => behind.has(id)));
});

test('what a rolling copy has in the same writing is put back as it was; of another day, row by row', async () => {
  const copied = await makeScene(join(root, 'copied'), 300, [[280, START]]);
  const names = namesByPage(copied.dir, copied.key);
  const page = names.findIndex((ids) => ids.has('l-00100'));
  const bit = await salvage(copied, (dir) => flip(dataOf(dir), (page - 1) * PAGE + 1_000));
  assert.deepEqual(lossOf(copied, bit.rows), []);
  assert.equal(bit.salvaged.repaired, 1);
  assert.ok(bit.salvaged.tables.every(({ missing }) => missing.length === 0));
  const zeros = await salvage(copied, overPage(page, new Uint8Array(PAGE)));
  assert.deepEqual(lossOf(copied, zeros.rows), []);
  assert.equal(zeros.salvaged.repaired, 0);
  assert.equal(
    zeros.salvaged.tables.find(({ name }) => name === 'lines')?.copied,
    names[page]?.size,
  );
});

test('what opens nothing, is open, or stands in the way is refused, and nothing is changed', async () => {
  const refused = (code: string) => (error: unknown) => isAppError(error, code);
  const other = join(root, 'other');
  const before = digest(scene.dir);
  await assert.rejects(salvageTo(join(root, 'nobody'), other), refused('profile-missing'));
  await assert.rejects(salvageTo(scene.dir, scene.dir), refused('profile-exists'));
  assert.equal(digest(scene.dir), before);
  await assert.rejects(
    salvage(scene, (dir) => flip(join(dir, 'vault/2.head'), 100)),
    refused('passphrase-wrong'),
  );
  await assert.rejects(
    salvage(scene, (dir) => truncateSync(dataOf(dir), 0)),
    refused('profile-unreadable'),
  );
  assert.ok(!profileExists(other));
});
