/** A profile on disk: made, opened, refused. Each refusal leaves every byte as it was. */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isAppError, Sensitive, utf8 } from '@tacet/base';
import { profileStoreSuite } from '@tacet/client/acceptance/profile-store';
import { createProfile, openProfile, profileExists } from '../../src/profiles-sqlcipher/index.ts';
import { problemsOf } from './reference.ts';
import { digest, flip, refusedAsItIs } from './support.ts';

const COST = { memoryKiB: 64, passes: 1 };
const root = mkdtempSync(join(tmpdir(), 'tacet-profile-'));
after(() => rmSync(root, { recursive: true, force: true }));

let counter = 0;
const fresh = (): string => join(root, `p${counter++}`);
const typed = (text: string) => ({ secret: new Sensitive(utf8(text)) });
const kept = (byte: number) => ({
  secret: new Sensitive(new Uint8Array(32).fill(byte)),
  kind: 'keychain' as const,
});
const options = (dir: string, text = 'correct horse') => ({
  dir,
  cost: COST,
  slot: 0,
  first: 4,
  answerStep: 0,
  ...typed(text),
});

/** A closed profile with one row. */
async function made(): Promise<string> {
  const dir = fresh();
  const profile = await createProfile(options(dir));
  profile.store.exec("CREATE TABLE t (v TEXT) STRICT; INSERT INTO t VALUES ('canary-text')");
  profile.close();
  return dir;
}

async function refused(dir: string, code: string, secret = typed('correct horse')): Promise<void> {
  await refusedAsItIs({ dir, cost: COST, answerStep: 0, ...secret }, code);
}

profileStoreSuite('on disk', async () => (await createProfile(options(fresh()))).store);

test('what was written is there when it is opened again', async () => {
  const dir = await made();
  assert.ok(profileExists(dir));
  const profile = await openProfile(options(dir));
  assert.equal(profile.store.get('SELECT v FROM t')?.['v'], 'canary-text');
  assert.equal(profile.createdDay, Math.floor(Date.now() / 86_400_000));
  assert.deepEqual(problemsOf(profile.store), []);
  const { bavail, bsize } = statfsSync(dir);
  // All four slots grow alike.
  assert.ok(Math.abs(4 * profile.room() - bavail * bsize) < 2 ** 30, 'others write, too');
  profile.close();
  profile.close();
});

test('folders are 0700, files 0600, and nothing readable lies in them', async () => {
  const dir = await made();
  const profile = await openProfile(options(dir));
  profile.store.run('INSERT INTO t VALUES (?)', 'canary-open');
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  assert.deepEqual(names, [
    'profile.lock',
    'vault',
    'vault/0.cells',
    'vault/0.data',
    'vault/0.data-wal',
    'vault/0.head',
    'vault/0.roll0',
    'vault/0.roll1',
    ...['1', '2', '3'].flatMap((slot) => [
      `vault/${slot}.cells`,
      `vault/${slot}.data`,
      `vault/${slot}.head`,
      `vault/${slot}.roll0`,
      `vault/${slot}.roll1`,
    ]),
    'vault/lock',
    'vault/salt',
  ]);
  assert.equal(statSync(dir).mode & 0o777, 0o700);
  profile.close();
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const path = join(dir, name);
    const stat = statSync(path);
    assert.equal(stat.mode & 0o777, stat.isDirectory() ? 0o700 : 0o600, name);
    if (!stat.isFile()) continue;
    const bytes = readFileSync(path).toString('latin1');
    for (const word of ['canary', 'SQLite', 'tacet', 'correct horse', 'CREATE']) {
      assert.ok(!bytes.includes(word), `${word} in ${name}`);
    }
  }
  assert.equal(statSync(join(dir, 'vault/0.head')).size, 4_096);
  assert.equal(statSync(join(dir, 'vault/salt')).size, 32);
  assert.equal(statSync(join(dir, 'profile.lock')).size, 0);
});

test('the settings that keep deleted text off the disk are on', async () => {
  const dir = await made();
  const profile = await openProfile(options(dir));
  const { store } = profile;
  const pragma = (name: string) => Object.values(store.get(`PRAGMA ${name}`) ?? {})[0];
  assert.equal(pragma('journal_mode'), 'wal');
  assert.equal(pragma('synchronous'), 2);
  assert.equal(pragma('secure_delete'), 1);
  assert.equal(pragma('temp_store'), 2);
  assert.equal(pragma('foreign_keys'), 1);
  assert.equal(pragma('locking_mode'), 'exclusive');
  assert.equal(pragma('cipher_memory_security'), '1');
  store.run('INSERT INTO t VALUES (?)', 'x'.repeat(20_000));
  assert.ok(statSync(join(dir, 'vault/0.data-wal')).size > 0);
  store.checkpoint();
  assert.equal(statSync(join(dir, 'vault/0.data-wal')).size, 0);
  profile.close();
});

test('a wrong passphrase is refused', async () => {
  const dir = await made();
  await refused(dir, 'passphrase-wrong', typed('correct horsf'));
  await refused(dir, 'passphrase-wrong', kept(1));
  (await openProfile(options(dir))).close();
});

test('empty and endless passphrases are refused before anything is made', async () => {
  const dir = fresh();
  for (const [text, code] of [
    ['', 'passphrase-empty'],
    ['x'.repeat(1_025), 'passphrase-too-long'],
  ] as const) {
    await assert.rejects(createProfile(options(dir, text)), (e) => isAppError(e, code));
  }
  assert.ok(!profileExists(dir));
});

test('one passphrase, typed composed or decomposed', async () => {
  const dir = fresh();
  (await createProfile(options(dir, 'caf\u00e9'))).close();
  (await openProfile(options(dir, 'cafe\u0301'))).close();
});

/** @returns microseconds of processor time of all threads, however busy the machine is */
async function workOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

test('a keychain secret opens without Argon2id', async () => {
  const dir = fresh();
  (await createProfile({ dir, ...kept(7) })).close();
  const opened = await workOf(async () => (await openProfile({ dir, ...kept(7) })).close());
  await refused(dir, 'passphrase-wrong', kept(8));
  const tried = await workOf(() => refused(dir, 'passphrase-wrong', typed('\x07'.repeat(32))));
  // One Argon2id is nearly all that a wrong passphrase costs.
  assert.ok(opened < tried / 2, `${opened} us of a core, ${tried} for a passphrase`);
});

test('a missing profile is not made by opening it', async () => {
  const dir = fresh();
  await assert.rejects(openProfile(options(dir)), (e) => isAppError(e, 'profile-missing'));
  mkdirSync(dir);
  await refused(dir, 'profile-missing');
});

test('a second profile is not made over the first', async () => {
  const dir = await made();
  const before = digest(dir);
  await assert.rejects(createProfile(options(dir)), (e) => isAppError(e, 'profile-exists'));
  assert.equal(digest(dir), before);
});

test('missing, short, long and damaged files', async () => {
  const damage: [string, string, (path: string) => void][] = [
    ['vault/salt', 'profile-unreadable', (path) => rmSync(path)],
    ['vault/salt', 'profile-unreadable', (path) => truncateSync(path, 31)],
    ['vault/salt', 'passphrase-wrong', (path) => flip(path, 3)],
    ['vault/0.head', 'profile-unreadable', (path) => rmSync(path)],
    ['vault/0.head', 'profile-unreadable', (path) => truncateSync(path, 4_095)],
    ['vault/0.head', 'profile-unreadable', (path) => writeFileSync(path, new Uint8Array(4_097))],
    ['vault/0.head', 'passphrase-wrong', (path) => flip(path, 0)],
    ['vault/0.head', 'passphrase-wrong', (path) => flip(path, 4_095)],
    ['vault/0.data', 'profile-unreadable', (path) => rmSync(path)],
    ['vault/0.data', 'profile-unreadable', (path) => truncateSync(path, 0)],
    ['vault/0.data', 'profile-unreadable', (path) => truncateSync(path, 4_095)],
    ['vault/0.data', 'profile-unreadable', (path) => writeFileSync(path, new Uint8Array(8_192))],
    ['vault/0.data', 'profile-unreadable', (path) => flip(path, 0)],
    ['vault/0.data', 'profile-unreadable', (path) => flip(path, 50)],
    ['vault/0.data', 'profile-unreadable', (path) => writeFileSync(path, 'SQLite format 3\0')],
    ['vault/salt', 'profile-unreadable', folderInstead],
    ['vault/0.head', 'profile-unreadable', folderInstead],
    ['vault/0.data', 'profile-unreadable', folderInstead],
    ['vault/0.data-wal', 'profile-unreadable', folderInstead],
    ['vault', 'profile-unreadable', fileInstead],
    ['profile.lock', 'profile-storage-failed', folderInstead],
  ];
  for (const [name, code, spoil] of damage) {
    const dir = await made();
    spoil(join(dir, name));
    await refused(dir, code);
  }
});

test('who reads a page that was damaged meanwhile is told of damage, not of permissions', async () => {
  const dir = await made();
  const whole = await openProfile(options(dir));
  whole.store.exec('CREATE TABLE padding (bytes BLOB NOT NULL) STRICT');
  for (let n = 0; n < 20; n++) {
    whole.store.run('INSERT INTO padding (bytes) VALUES (?)', new Uint8Array(9_000));
  }
  whole.close();
  const data = join(dir, 'vault/0.data');
  const profile = await openProfile(options(dir));
  for (let at = statSync(data).size - 100; at > 40_000; at -= 4_096) flip(data, at);
  assert.throws(
    () => profile.store.all('SELECT bytes FROM padding'),
    (error) => isAppError(error, 'profile-unreadable'),
  );
  profile.close();
});

test('only one opens a profile at a time', async () => {
  const dir = await made();
  const profile = await openProfile(options(dir));
  await assert.rejects(openProfile(options(dir)), (e) => isAppError(e, 'profile-in-use'));
  profile.store.run('INSERT INTO t VALUES (?)', 'still mine');
  profile.close();
  (await openProfile(options(dir))).close();
});

test('the passphrase changes; the old one opens nothing', async () => {
  const dir = await made();
  const profile = await openProfile(options(dir));
  const head = join(dir, 'vault/0.head');
  const before = readFileSync(head);
  await assert.rejects(profile.changeSecret(typed('no'), typed('new')), (e) =>
    isAppError(e, 'passphrase-wrong'),
  );
  await assert.rejects(profile.changeSecret(typed('correct horse'), typed('')), (e) =>
    isAppError(e, 'passphrase-empty'),
  );
  assert.deepEqual(readFileSync(head), before);
  await profile.changeSecret(typed('correct horse'), typed('battery staple'));
  assert.notDeepEqual(readFileSync(head), before);
  assert.equal(statSync(head).mode & 0o777, 0o600);
  assert.equal(await profile.opens(typed('battery staple')), 'this');
  assert.equal(await profile.opens(typed('correct horse')), 'nothing');
  assert.equal(await profile.opens(typed('')), 'nothing');
  profile.close();
  await refused(dir, 'passphrase-wrong');
  const again = await openProfile(options(dir, 'battery staple'));
  assert.equal(again.store.get('SELECT v FROM t')?.['v'], 'canary-text');
  await again.changeSecret(typed('battery staple'), kept(3));
  again.close();
  (await openProfile({ dir, ...kept(3) })).close();
});

test('a change cut short before its rename leaves the old passphrase in force', async () => {
  const dir = await made();
  copyFileSync(join(dir, 'vault/0.head'), join(dir, 'vault/0.head.new'));
  (await openProfile(options(dir))).close();
  assert.ok(!readdirSync(join(dir, 'vault')).includes('0.head.new'));
});

test('a creation cut short leaves no profile and is begun anew', async () => {
  const dir = fresh();
  mkdirSync(join(dir, 'vault.new'), { recursive: true });
  writeFileSync(join(dir, 'vault.new', 'salt'), 'half');
  assert.ok(!profileExists(dir));
  (await createProfile(options(dir))).close();
  assert.deepEqual(readdirSync(dir).sort(), ['profile.lock', 'vault']);
});

test('heads look random and never repeat', async () => {
  const counts = new Float64Array(256);
  const seen = new Set<string>();
  for (let i = 0; i < 16; i++) {
    const dir = fresh();
    (await createProfile(options(dir))).close();
    const head = readFileSync(join(dir, 'vault/0.head'));
    seen.add(head.toString('hex'));
    for (const byte of head) counts[byte] = (counts[byte] ?? 0) + 1;
  }
  assert.equal(seen.size, 16);
  const expected = (16 * 4_096) / 256;
  const chi2 = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  // 255 degrees of freedom; this bound is passed by chance once in 10^8 runs.
  assert.ok(chi2 < 390, `chi2 ${chi2}`);
});

test('the real cost: 256 MiB, three passes', async () => {
  const dir = fresh();
  const start = performance.now();
  (await createProfile({ dir, ...typed('correct horse') })).close();
  assert.ok(performance.now() - start > 100);
  await refused(dir, 'passphrase-wrong');
});

function folderInstead(path: string): void {
  rmSync(path, { force: true });
  mkdirSync(path);
}

function fileInstead(path: string): void {
  rmSync(path, { recursive: true });
  writeFileSync(path, '');
}
