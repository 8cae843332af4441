/**
 * Damage in the log, in the first pages, and a file cut off are refused before anything is written;
 * damage behind them is known soon after the opening.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isAppError, Sensitive } from '@tacet/base';
import type { ProfileStore } from '@tacet/client';
import {
  createProfile,
  type OpenProfile,
  openProfile,
} from '../../src/profiles-sqlcipher/index.ts';
import { problemsOf } from './reference.ts';
import { flip, refusedAsItIs } from './support.ts';

const PAGE = 4_096;
const LOG_HEADER = 32;
const FRAME = 24 + PAGE;
const root = mkdtempSync(join(tmpdir(), 'tacet-integrity-'));
after(() => rmSync(root, { recursive: true, force: true }));

const options = (dir: string) => ({
  dir,
  secret: new Sensitive(new Uint8Array(32).fill(5)),
  kind: 'keychain' as const,
  slot: 0,
  first: 4,
});
let counter = 0;

/** A copy to damage, and its data file. */
function copyOf(dir: string): { dir: string; data: string; log: string } {
  const copy = join(root, `copy${counter++}`);
  cpSync(dir, copy, { recursive: true });
  const data = join(copy, 'vault/0.data');
  return { dir: copy, data, log: `${data}-wal` };
}

/** Rows, a text index, and pages that are free again. */
function fill(store: ProfileStore): void {
  store.exec('CREATE TABLE t (n INTEGER PRIMARY KEY, v BLOB NOT NULL) STRICT');
  store.exec('CREATE VIRTUAL TABLE words USING fts5(text)');
  for (let n = 0; n < 25; n++) {
    store.run('INSERT INTO t VALUES (?, ?)', n, new Uint8Array(5_000).fill(n));
    store.run('INSERT INTO words VALUES (?)', `a quiet river, ${n} times`);
  }
  store.exec('DELETE FROM t WHERE n % 3 = 0');
}

/** A closed profile; and one whose holder was killed: its last twelve transactions are in the log. */
const closed = join(root, 'closed');
const killed = join(root, 'killed');
let killedPages = 0;
before(async () => {
  const profile = await createProfile(options(closed));
  fill(profile.store);
  profile.close();
  const open = await openProfile(options(closed));
  for (let n = 100; n < 112; n++) {
    open.store.run('INSERT INTO t VALUES (?, ?)', n, new Uint8Array(3_000));
  }
  cpSync(closed, killed, { recursive: true });
  const pages = Number(open.store.get('PRAGMA page_count')?.['page_count']);
  killedPages = pages;
  open.close();
  // What stands behind the pages is nobody's.
  truncateSync(join(closed, 'vault/0.data'), pages * PAGE);
});

const rowsOf = (store: ProfileStore) => Number(store.get('SELECT count(*) AS n FROM t')?.['n']);

async function opens(dir: string): Promise<number> {
  const profile = await openProfile(options(dir));
  await profile.checked();
  assert.deepEqual(problemsOf(profile.store), []);
  const rows = rowsOf(profile.store);
  profile.close();
  return rows;
}

/** Pages that are looked over before the opening. */
const FIRST = 16;

/** What is wrong with this page is said: in the first ones before anything is written, else behind the opening. */
async function damageIsKnown(dir: string, page: number): Promise<void> {
  if (page < FIRST) return await refusedAsItIs(options(dir), 'profile-unreadable');
  let profile: OpenProfile;
  try {
    profile = await openProfile(options(dir));
  } catch (error) {
    // SQLite needs it for the opening itself.
    assert.ok(isAppError(error, 'profile-unreadable'), String(error));
    return;
  }
  await assert.rejects(profile.checked(), (error) => isAppError(error, 'profile-unreadable'));
  profile.close();
}

test('each page, with a bit turned in its content, its IV or its code, or gone', async () => {
  const { dir, data } = copyOf(closed);
  const whole = readFileSync(data);
  const pages = whole.length / PAGE;
  assert.ok(pages > 40, `${pages} pages`);
  for (let page = 0; page < pages; page++) {
    const places = [16, 40 + ((page * 997) % 3_900), PAGE - 80, PAGE - 64, PAGE - 1];
    flip(data, page * PAGE + (places[page % places.length] ?? 0));
    await damageIsKnown(dir, page);
    writeFileSync(data, Buffer.from(whole).fill(0, page * PAGE, (page + 1) * PAGE));
    await damageIsKnown(dir, page);
    writeFileSync(data, whole);
  }
  flip(data, 3);
  await refusedAsItIs(options(dir), 'profile-unreadable');
  writeFileSync(data, whole);
  assert.equal(await opens(dir), 28);
});

test('two pages in each other’s place', async () => {
  const { dir, data } = copyOf(closed);
  const whole = readFileSync(data);
  for (const first of [2, 30]) {
    const bytes = Buffer.from(whole);
    bytes.copyWithin(first * PAGE, (first + 1) * PAGE, (first + 2) * PAGE);
    bytes.set(whole.subarray(first * PAGE, (first + 1) * PAGE), (first + 1) * PAGE);
    writeFileSync(data, bytes);
    await damageIsKnown(dir, first);
    writeFileSync(data, whole);
  }
});

test('a file cut off at or within any page', async () => {
  const pages = statSync(join(closed, 'vault/0.data')).size / PAGE;
  for (let page = 1; page < pages; page++) {
    for (const odd of [0, 100]) {
      const { dir, data } = copyOf(closed);
      truncateSync(data, page * PAGE + odd);
      await refusedAsItIs(options(dir), 'profile-unreadable');
      rmSync(dir, { recursive: true });
    }
  }
});

test('after a kill: pages the log does not hold are looked at, those it holds may be torn', async () => {
  const inLog = new Set<number>();
  const log = readFileSync(join(killed, 'vault/0.data-wal'));
  for (let at = LOG_HEADER; at < log.length; at += FRAME) inLog.add(log.readUInt32BE(at));
  const pages = killedPages;
  let torn = 0;
  for (let page = 1; page <= pages; page++) {
    const { dir, data } = copyOf(killed);
    // The salt at the start of page 1 is not part of what is copied.
    flip(data, (page - 1) * PAGE + 2_000);
    if (inLog.has(page)) {
      torn += 1;
      assert.equal(await opens(dir), 28, `page ${page}`);
    } else await damageIsKnown(dir, page - 1);
    rmSync(dir, { recursive: true });
  }
  assert.ok(torn > 0 && torn < pages);
  const { dir, data } = copyOf(killed);
  truncateSync(data, 20 * PAGE);
  await refusedAsItIs(options(dir), 'profile-unreadable');
});

test('each frame of the log: only what a crash could have left of the last transaction opens', async () => {
  const { dir, log } = copyOf(killed);
  const whole = readFileSync(log);
  const frames = (whole.length - LOG_HEADER) / FRAME;
  const ends: number[] = [];
  for (let i = 0; i < frames; i++) {
    if (whole.readUInt32BE(LOG_HEADER + i * FRAME + 4) > 0) ends.push(i);
  }
  assert.equal(ends.length, 12);
  const lastBegins = (ends.at(-2) ?? 0) + 1;
  for (let i = 0; i < lastBegins; i++) {
    // Page number, page, page's code.
    for (const at of [3, 24 + ((i * 997) % 4_000), FRAME - 1]) {
      flip(log, LOG_HEADER + i * FRAME + at);
      await refusedAsItIs(options(dir), 'profile-unreadable');
      writeFileSync(log, whole);
    }
  }
  for (const at of [0, 5, 12, 16, 31]) {
    flip(log, at);
    await refusedAsItIs(options(dir), 'profile-unreadable');
    writeFileSync(log, whole);
  }
  for (let i = lastBegins; i < frames; i++) {
    const torn = copyOf(killed);
    flip(torn.log, LOG_HEADER + i * FRAME + 1_000);
    assert.equal(await opens(torn.dir), 27, 'the last transaction alone is gone');
  }
  assert.equal(await opens(dir), 28);
});

test('a log that was begun anew over older frames opens', async () => {
  const { dir } = copyOf(closed);
  const profile = await openProfile(options(dir));
  profile.store.exec('PRAGMA wal_autocheckpoint = 20');
  for (let n = 200; n < 260; n++) {
    profile.store.run('INSERT INTO t VALUES (?, ?)', n, new Uint8Array(3_000));
    if (n % 4 > 0) continue;
    const { dir: copy } = copyOf(dir);
    assert.equal(await opens(copy), 28 + n - 199);
    rmSync(copy, { recursive: true });
  }
  profile.close();
});

test('what is written while the rest is looked over is whole pages, also where they are copied at once', async () => {
  const { dir } = copyOf(closed);
  const first = await openProfile(options(dir));
  for (let n = 300; n < 400; n++) {
    first.store.run('INSERT INTO t VALUES (?, ?)', n, new Uint8Array(20_000));
  }
  first.close();
  const profile = await openProfile(options(dir));
  let done = false;
  const looked = profile.checked().finally(() => {
    done = true;
  });
  let turns = 0;
  while (!done) {
    profile.store.run(
      'UPDATE t SET v = ? WHERE n = ?',
      new Uint8Array(20_000).fill(turns),
      399 - turns,
    );
    profile.store.checkpoint();
    turns += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await looked;
  assert.ok(turns > 5, `${turns} turns`);
  profile.close();
});

test('closed before all is looked over: nothing is said of the rest, and the files open again', async () => {
  const { dir, data } = copyOf(closed);
  flip(data, (statSync(data).size / PAGE - 1) * PAGE + 100);
  const profile = await openProfile(options(dir));
  profile.close();
  await profile.checked();
  await damageIsKnown(dir, FIRST);
});

/** What another process' SQLite, without the key, hears of the file: it asks for its lock first. */
function asOther(path: string): string {
  const program =
    "import { DatabaseSync } from 'node:sqlite';" +
    'const [, path] = process.argv;' +
    "try { new DatabaseSync(path).exec('BEGIN IMMEDIATE'); } catch (e) { console.log(e.errcode); }";
  const args = ['--input-type=module', '--eval', program, path];
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
}

test('the locks that SQLite has on the data file last until it is closed', async () => {
  const [busy, noDatabase] = ['5', '26'];
  const { dir, data } = copyOf(closed);
  const profile = await openProfile(options(dir));
  await profile.checked();
  assert.equal(asOther(data), busy);
  profile.close();
  assert.equal(asOther(data), noDatabase);
});
