/** Rolling copies: of which days they are, what they hold, what ends them, and that nothing of them shows. */
import assert from 'node:assert/strict';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isAppError } from '@tacet/base';
import { eraseKeys } from '../../src/profiles-sqlcipher/index.ts';
import { replaced } from '../../src/profiles-sqlcipher/rolling.ts';
import { watchDisk } from '../disk-steps.ts';
import {
  copy,
  DAY,
  fill,
  keyOf,
  makeStore,
  placesOf,
  reopen,
  START,
  tend,
  typed,
  wholeCopies,
} from './rolling-scene.ts';
import { flip } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-rolling-'));
after(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
const fresh = () => join(root, `v${made++}`);
const HOUR = 3_600_000;

test('looked after each hour for two months, one is a day old at most, and none seven days', () => {
  const kept: (number | null)[] = [null, null];
  const oldest: number[] = [];
  for (let now = START; now < START + 60 * DAY; now += HOUR) {
    const which = replaced(kept, now);
    if (which !== null) kept[which] = now;
    const ages = kept.filter((at) => at !== null).map((at) => now - at);
    assert.ok(Math.min(...ages) < DAY, 'the newest');
    assert.ok(Math.max(...ages) < 7 * DAY, 'the oldest');
    oldest.push(Math.max(...ages) / DAY);
  }
  const settled = oldest.slice(2 * 24);
  assert.ok(Math.min(...settled) >= 1, 'always one of a day ago or more');
  assert.ok(Math.max(...settled) >= 5.9, 'and by turns of six days ago');
});

test('one that failed, a clock set back or far ahead: the file of least use is taken', () => {
  const now = START;
  assert.equal(replaced([null, null], now), 0);
  assert.equal(replaced([now - HOUR, null], now), null, 'not two of one day');
  assert.equal(replaced([now - DAY, null], now), 1);
  assert.equal(replaced([now - DAY, now - 3 * DAY], now), 0, 'the newer one');
  assert.equal(replaced([now - 2 * DAY, now - 6 * DAY], now), 1, 'the older one had its days');
  assert.equal(replaced([now - HOUR, now - 6.5 * DAY], now), null);
  assert.equal(replaced([now - DAY, now - 7 * DAY], now), 1);
  assert.equal(replaced([now + 2 * DAY, now - 2 * DAY], now), 0);
  assert.equal(replaced([now + 2 * DAY, now - HOUR], now), null);
});

test('a copy is every page, sealed anew: no sixteen octets of the data file stand in it', async () => {
  const dir = fresh();
  const profile = await makeStore(dir);
  const key = await keyOf(profile);
  assert.deepEqual(await profile.rolling.kept(), []);
  await tend(profile, START);
  await tend(profile, START + HOUR);
  assert.deepEqual(await profile.rolling.kept(), [START]);
  profile.store.run('DELETE FROM t WHERE n > 50');
  await tend(profile, START + DAY);
  assert.deepEqual(await profile.rolling.kept(), [START + DAY, START]);
  assert.deepEqual(await wholeCopies(dir, key), [START + DAY, START]);
  profile.close();
  const data = readFileSync(join(dir, 'vault/2.data'));
  const blocks = new Set<string>();
  for (let at = 0; at + 16 <= data.length; at += 4)
    blocks.add(data.toString('latin1', at, at + 16));
  for (const which of [0, 1]) {
    const bytes = readFileSync(join(dir, `vault/2.roll${which}`));
    for (let at = 0; at + 16 <= bytes.length; at += 8) {
      assert.ok(!blocks.has(bytes.toString('latin1', at, at + 16)));
    }
  }
  const again = await reopen(dir);
  assert.deepEqual(await again.rolling.kept(), [START + DAY, START]);
  again.close();
});

test('at rest the copies of all slots have one length and one time, and there are none before the first', async () => {
  const dir = fresh();
  const profile = await makeStore(dir);
  profile.close();
  const look = () =>
    readdirSync(join(dir, 'vault'))
      .filter((name) => name.includes('.roll'))
      .map((name) => statSync(join(dir, 'vault', name)))
      .map(({ size, mtimeMs, mode }) => ({ size, mtimeMs, mode }));
  assert.deepEqual(
    look().map(({ size }) => size),
    new Array(8).fill(0),
  );
  const open = await reopen(dir);
  await tend(open, START);
  open.close();
  const first = look();
  for (const one of first) assert.deepEqual(one, first[0]);
  assert.ok((first[0]?.size ?? 0) > 60 * 4_096);
  const later = await reopen(dir);
  fill(later, 60);
  await tend(later, START + DAY);
  later.close();
  const second = look();
  for (const one of second) assert.deepEqual(one, second[0]);
  assert.ok((second[0]?.size ?? 0) > 1.4 * (first[0]?.size ?? 0), 'a step further');
});

test('a deleted text is in no file at all, for who has the key, after seven days', async () => {
  const dir = fresh();
  let profile = await makeStore(dir);
  const key = await keyOf(profile);
  const text = 'a quiet canary of the river';
  profile.store.run('INSERT INTO t VALUES (1000, ?)', text);
  await tend(profile, START);
  await tend(profile, START + DAY);
  assert.deepEqual(
    placesOf(dir, key, text).filter((name) => !name.endsWith('-wal')),
    ['2.data', '2.roll0', '2.roll1'],
    'the control',
  );
  const deleted = START + DAY + HOUR;
  profile.store.run('DELETE FROM t WHERE n = 1000');
  profile.store.checkpoint();
  assert.deepEqual(placesOf(dir, key, text), ['2.roll0', '2.roll1']);
  let gone = 0;
  for (let now = deleted; now <= deleted + 7 * DAY; now += 6 * HOUR) {
    await tend(profile, now);
    if (gone === 0 && placesOf(dir, key, text).length === 0) gone = now;
  }
  assert.ok(gone > deleted + 4 * DAY, 'they are copies of days ago');
  assert.deepEqual(placesOf(dir, key, text), []);
  profile.close();
  // A daemon that did not run for that long ends them first of all.
  profile = await reopen(dir);
  const other = 'another canary of the lake';
  profile.store.run('INSERT INTO t VALUES (1001, ?)', other);
  await tend(profile, START + 10 * DAY);
  profile.store.run('DELETE FROM t WHERE n = 1001');
  profile.close();
  assert.equal(placesOf(dir, key, other).length, 1, 'the control');
  profile = await reopen(dir);
  await profile.rolling.expire(START + 17 * DAY);
  assert.deepEqual(await profile.rolling.kept(), []);
  assert.deepEqual(placesOf(dir, key, other), []);
  profile.close();
});

test('damage of the store, an end on the way, or a full disk costs no copy, or the one to be replaced', async () => {
  const dir = fresh();
  let profile = await makeStore(dir, 200);
  const key = await keyOf(profile);
  await tend(profile, START);
  await tend(profile, START + DAY);
  const both = [START + DAY, START];
  const refused = (code: string) => (error: unknown) => isAppError(error, code);

  const ending = new AbortController();
  ending.abort();
  await assert.rejects(copy(profile, START + 2 * DAY, ending.signal), refused('rolling-ended'));
  assert.deepEqual(await wholeCopies(dir, key), both);

  profile.close();
  const data = join(dir, 'vault/2.data');
  const whole = readFileSync(data);
  profile = await reopen(dir);
  flip(data, 60 * 4_096 + 1_000);
  await assert.rejects(
    copy(profile, START + 2 * DAY),
    refused('profile-unreadable'),
    'before anything is given up',
  );
  assert.deepEqual(await wholeCopies(dir, key), both);
  writeFileSync(data, whole.subarray(0, statSync(data).size));

  fill(profile, 300);
  const full = async (at: number): Promise<void> => {
    const disk = watchDisk(at, 'full');
    try {
      await assert.rejects(copy(profile, START + 2 * DAY), refused('disk-full'));
    } finally {
      disk.undo();
    }
  };
  // All slots' copies grow first.
  await full(2);
  assert.deepEqual(await wholeCopies(dir, key), both);
  // A file system may have no room for what is written in its place either.
  for (const slot of ['0', '1', '2', '3']) {
    for (const which of [0, 1]) truncateSync(join(dir, `vault/${slot}.roll${which}`), 6_000_000);
  }
  await full(20);
  assert.deepEqual(await wholeCopies(dir, key), [START], 'the other one');
  await tend(profile, START + 2 * DAY);
  assert.deepEqual(await wholeCopies(dir, key), [START + 2 * DAY, START]);
  profile.close();
});

test('a copy needs room for all slots to grow alike, and some to spare', async () => {
  const dir = fresh();
  const profile = await makeStore(dir);
  Reflect.set(profile, 'room', () => 16_777_216);
  await assert.rejects(copy(profile, START), (error) => isAppError(error, 'rolling-room'));
  assert.deepEqual(await profile.rolling.kept(), []);
  profile.close();
});

test('a passphrase for coercion, and a wipe, leave no key of any copy', async () => {
  const dir = fresh();
  const profile = await makeStore(dir);
  const lost = await keyOf(profile);
  await tend(profile, START);
  await profile.addProfile(typed('decoy'), [], async (store) => {
    store.exec('CREATE TABLE t (n INTEGER PRIMARY KEY, v TEXT) STRICT');
  });
  profile.close();
  const decoy = await reopen(dir, 'decoy');
  await decoy.addDuress(typed('coerced'), [typed('first')]);
  decoy.close();
  // The key of a copy stands under that of the database, and that in the header alone.
  const before = ['2.head', '2.roll0'].map((name) => readFileSync(join(dir, 'vault', name)));
  const coerced = await reopen(dir, 'coerced');
  assert.deepEqual(await coerced.rolling.kept(), []);
  coerced.close();
  await assert.rejects(reopen(dir), (error) => isAppError(error, 'passphrase-wrong'));
  assert.notDeepEqual(readFileSync(join(dir, 'vault/2.head')), before[0]);
  assert.deepEqual(
    readFileSync(join(dir, 'vault/2.roll0')),
    before[1],
    'as random as the others, for whoever has no key',
  );
  assert.deepEqual(
    await wholeCopies(dir, lost),
    [START],
    'the control: it is the key that is gone',
  );
  eraseKeys(dir);
  for (const text of ['first', 'decoy', 'coerced']) {
    await assert.rejects(reopen(dir, text), (error) => isAppError(error, 'passphrase-wrong'));
  }
});

test('under another passphrase the copies stay, and the header of before opens nothing by it', async () => {
  const dir = fresh();
  let profile = await makeStore(dir);
  await tend(profile, START);
  await profile.changeSecret(typed('first'), typed('second'));
  profile.close();
  await assert.rejects(reopen(dir), (error) => isAppError(error, 'passphrase-wrong'));
  profile = await reopen(dir, 'second');
  assert.deepEqual(await profile.rolling.kept(), [START]);
  profile.close();
});
