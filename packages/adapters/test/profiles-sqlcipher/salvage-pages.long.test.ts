/** Salvage with damage at every page of a small store, of every kind, with and without rolling copies. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { isAppError } from '@tacet/base';
import { DAY, reopen, START, tend } from './rolling-scene.ts';
import {
  addRows,
  dataOf,
  lossOf,
  makeScene,
  namesByPage,
  overPage,
  PAGE,
  rowsOf,
  type Scene,
  salvage,
} from './salvage-scene.ts';
import { flip } from './support.ts';

const LOG_HEADER = 32;
const FRAME = 24 + PAGE;
const root = mkdtempSync(join(tmpdir(), 'tacet-salvage-pages-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** Without a copy; with two, of which the newer lacks the last rows. */
let plain: Scene;
let copied: Scene;
before(async () => {
  plain = await makeScene(join(root, 'plain'), 600);
  const days = [
    [500, START],
    [570, START + DAY],
  ] as const;
  copied = await makeScene(join(root, 'copied'), 600, days);
});

const places = (page: number) => [20, 40 + ((page * 997) % 3_900), PAGE - 80, PAGE - 64, PAGE - 1];

/** Without a copy: of what stands on a damaged page, and on no other, nothing else is lost. */
async function everyPage(
  t: TestContext,
  scene: Scene,
  kind: 'bit' | 'zeros' | 'random',
  may: (page: number, id: string) => boolean,
): Promise<number> {
  let lost = 0;
  let repaired = 0;
  let tried = 0;
  // The first page has the salt and the list of tables: without a copy it is a matter of its own.
  const from = scene === plain ? 2 : 1;
  // What the bytes are makes no difference to a code: some pages do.
  const step = kind === 'random' ? 5 : 1;
  for (let page = from; page <= scene.pages; page += step) {
    const at = (page - 1) * PAGE + (places(page)[page % 5] ?? 0);
    const bytes = Buffer.alloc(PAGE, kind === 'zeros' ? 0 : Math.imul(page, 37) & 255);
    const { rows, salvaged } = await salvage(scene, (dir) => {
      if (kind === 'bit') flip(dataOf(dir), at);
      else overPage(page, bytes)(dir);
    });
    const missing = lossOf(scene, rows);
    for (const id of missing) assert.ok(may(page, id), `page ${page}: ${id}`);
    assert.equal(salvaged.damaged, 1, `page ${page}`);
    assert.equal(salvaged.unplaced, 0);
    lost += missing.length;
    tried += 1;
    repaired += salvaged.repaired;
  }
  t.diagnostic(
    `${tried} of ${scene.pages} pages, ${scene.rows.size} rows, ${kind}: ${lost} rows lost in all, ${repaired} pages put back`,
  );
  return lost;
}

for (const kind of ['bit', 'zeros', 'random'] as const) {
  test(`each page, ${kind}, without a copy: rows on that page alone are lost`, async (t) => {
    const names = namesByPage(plain.dir, plain.key);
    const lost = await everyPage(t, plain, kind, (page, id) => names[page]?.has(id) === true);
    // Each row stands on one page at least.
    if (kind !== 'random') assert.ok(lost >= plain.rows.size);
  });

  test(`each page, ${kind}, with copies: only what came after the newest is lost`, async (t) => {
    const names = namesByPage(copied.dir, copied.key);
    const late = (id: string) => /^[lpb]/.test(id) && Number(id.slice(2)) >= 570;
    const lost = await everyPage(t, copied, kind, (page, id) => {
      return names[page]?.has(id) === true && late(id);
    });
    assert.ok(lost <= 60, `${lost} rows`);
  });
}

test('the first page, without a copy: rows that only one table could have are there', async () => {
  const { rows, salvaged } = await salvage(plain, (dir) => flip(dataOf(dir), 3_000));
  const kinds = new Set(lossOf(plain, rows).map((id) => id[0]));
  // A number and a text: of which table they are nobody can say.
  assert.deepEqual([...kinds].sort(), ['b', 'h']);
  assert.ok(salvaged.unplaced > 0);
  await assert.rejects(salvage(plain, overPage(1, new Uint8Array(PAGE))), (error) =>
    isAppError(error, 'profile-unreadable'),
  );
});

test('cut off at and within each page: rows in front of it are there', async () => {
  const names = namesByPage(plain.dir, plain.key);
  for (let page = 2; page <= plain.pages; page += 3) {
    const behind = new Set(names.slice(page).flatMap((ids) => [...ids]));
    const cut = (page - 1) * PAGE + (page % 2) * 100;
    const { rows } = await salvage(plain, (dir) => truncateSync(dataOf(dir), cut));
    for (const id of lossOf(plain, rows)) assert.ok(behind.has(id), `page ${page}: ${id}`);
  }
});

test('two pages in each other’s place, or one written twice', async () => {
  const names = namesByPage(plain.dir, plain.key);
  for (let page = 2; page < plain.pages; page += 2) {
    const pair = plain.data.subarray((page - 1) * PAGE, (page + 1) * PAGE);
    const swapped = Buffer.concat([pair.subarray(PAGE), pair.subarray(0, PAGE)]);
    const { rows } = await salvage(plain, overPage(page, swapped));
    for (const id of lossOf(plain, rows)) {
      assert.ok(names[page]?.has(id) || names[page + 1]?.has(id), `page ${page}: ${id}`);
    }
  }
});

test('many pages at once: every third', async (t) => {
  const names = namesByPage(copied.dir, copied.key);
  const bad = new Set<string>();
  const { rows, salvaged } = await salvage(copied, (dir) => {
    for (let page = 3; page <= copied.pages; page += 3) {
      overPage(page, Buffer.alloc(PAGE, page))(dir);
      for (const id of names[page] ?? []) bad.add(id);
    }
  });
  const lost = lossOf(copied, rows);
  for (const id of lost) assert.ok(bad.has(id) && Number(id.slice(2)) >= 570, id);
  t.diagnostic(
    `${salvaged.damaged} of ${copied.pages} pages: ${lost.length} of ${copied.rows.size} rows lost`,
  );
});

test('a page of an earlier day put in the place of the present one is taken for what it says', async () => {
  const dir = join(root, 'old');
  cpSync(plain.dir, dir, { recursive: true });
  const profile = await reopen(dir);
  addRows(profile, 600, 900);
  const all = rowsOf(profile.store);
  await tend(profile, START);
  profile.close();
  const now: Scene = { ...plain, dir, data: readFileSync(dataOf(dir)), rows: all };
  const names = namesByPage(dir, plain.key);
  const mayBe = (id: string) => id.startsWith('b-');
  for (let page = 2; page <= plain.pages; page += 2) {
    const old = plain.data.subarray((page - 1) * PAGE, page * PAGE);
    let outcome: Awaited<ReturnType<typeof salvage>>;
    try {
      outcome = await salvage(now, overPage(page, old));
    } catch (error) {
      // Where the old page leads elsewhere, one row may be told twice: then nothing is made up.
      assert.ok(isAppError(error, 'profile-unreadable'), String(error));
      continue;
    }
    // Rows that go on to that page may be otherwise, as SQLite would read them, too.
    const lost = lossOf(now, outcome.rows, (id) => names[page]?.has(id) === true || mayBe(id));
    for (const id of lost) assert.ok(names[page]?.has(id), `page ${page}: ${id}`);
  }
});

test('killed with a log: each frame damaged, its header, and the log lost', async (t) => {
  const dir = join(root, 'killed');
  cpSync(plain.dir, dir, { recursive: true });
  const profile = await reopen(dir);
  for (let n = 600; n < 612; n++) addRows(profile, n, n + 1);
  const all = rowsOf(profile.store);
  const copy = join(root, 'left');
  cpSync(dir, copy, { recursive: true });
  profile.close();
  const killed: Scene = { ...plain, dir: copy, rows: all };
  const log = (at: string) => `${dataOf(at)}-wal`;
  const frames = (readFileSync(log(copy)).length - LOG_HEADER) / FRAME;
  assert.deepEqual(lossOf(killed, (await salvage(killed, () => {})).rows), []);
  let most = 0;
  for (let n = 0; n < frames; n++) {
    for (const at of [3, 24 + ((n * 997) % 4_000)]) {
      const { rows, salvaged } = await salvage(killed, (from) => {
        flip(log(from), LOG_HEADER + n * FRAME + at);
      });
      const lost = lossOf(killed, rows);
      for (const id of lost) assert.ok(Number(id.slice(2)) >= 590, `frame ${n}: ${id}`);
      assert.ok(salvaged.brokenFrames <= 1);
      most = Math.max(most, lost.length);
    }
  }
  for (const at of [0, 5, 12, 31]) {
    const { rows } = await salvage(killed, (from) => flip(log(from), at));
    assert.deepEqual(lossOf(killed, rows), [], `header ${at}`);
  }
  const without = await salvage(killed, (from) => rmSync(log(from)));
  const lost = lossOf(killed, without.rows);
  assert.ok(lost.every((id) => Number(id.slice(2)) >= 600));
  t.diagnostic(`${frames} frames: ${most} rows lost at most; without the log ${lost.length}`);
});

test('the salt of the file is in its copies', async () => {
  const { rows } = await salvage(copied, (dir) => flip(dataOf(dir), 3));
  assert.deepEqual(lossOf(copied, rows), []);
  const nothing = salvage(plain, (dir) => flip(dataOf(dir), 3));
  await assert.rejects(nothing, (error) => isAppError(error, 'profile-unreadable'));
});

test('no data file at all: the newest copy is what there is', async () => {
  const { rows } = await salvage(copied, (dir) => rmSync(dataOf(dir)));
  const lost = lossOf(copied, rows);
  assert.ok(lost.length > 0 && lost.every((id) => Number(id.slice(2)) >= 570));
});

test('a copy that is damaged itself gives what it holds, and the older one the rest', async () => {
  const names = namesByPage(copied.dir, copied.key);
  const page = names.findIndex((ids) => ids.has('l-00100'));
  const { rows } = await salvage(copied, (dir) => {
    overPage(page, new Uint8Array(PAGE))(dir);
    for (const which of [0, 1]) {
      const path = join(dir, `vault/2.roll${which}`);
      const bytes = readFileSync(path);
      // Of the newer all but the head.
      if (which === 1) writeFileSync(path, bytes.fill(1, 4_096));
    }
  });
  assert.deepEqual(lossOf(copied, rows), []);
});
