/** One moment of an open profile: it stays while the profile goes on, and damage never gets into it. */
import assert from 'node:assert/strict';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isAppError, Sensitive, utf8 } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import {
  CELL_BYTES,
  createProfile,
  openProfile,
  type ProfileSnapshot,
} from '../../src/profiles-sqlcipher/index.ts';
import { examineDatabase } from '../../src/profiles-sqlcipher/recovered.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-snapshot-'));
after(() => rmSync(root, { recursive: true, force: true }));
const secret = {
  kind: 'passphrase' as const,
  secret: new Sensitive(utf8('right')),
  cost: { memoryKiB: 64, passes: 1 },
  slot: 0,
  first: 4,
  answerStep: 0,
};
const refused = (code: string) => (error: unknown) => isAppError(error, code);

async function make(name: string) {
  const dir = join(root, name);
  const profile = await createProfile({ dir, ...secret });
  profile.store.exec('CREATE TABLE t (v TEXT) STRICT');
  const add = (text: string, rows = 200) => {
    profile.store.transaction(() => {
      for (let i = 0; i < rows; i++) {
        profile.store.run('INSERT INTO t VALUES (?)', `${text} ${i} ${'.'.repeat(100)}`);
      }
    });
  };
  return { dir, profile, add };
}

/** All of it, as a backup takes it. */
async function* bytesOf({ data }: ProfileSnapshot): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.bytes; at += 8_192) {
    const bytes = await data.read(at, Math.min(8_192, data.bytes - at));
    data.check(at, bytes);
    yield bytes;
  }
}

async function countIn(snapshot: ProfileSnapshot, name: string): Promise<Record<string, unknown>> {
  return await examineDatabase({
    path: join(root, name),
    databaseKey: snapshot.databaseKey.slice(),
    data: bytesOf(snapshot),
    look: (store) => ({
      ...store.get("SELECT count(*) AS all_rows, sum(v LIKE 'before%') AS before FROM t"),
    }),
  });
}

test('a snapshot is the profile as it was, however much is written and checkpointed meanwhile', async () => {
  const { dir, profile, add } = await make('moment');
  add('before');
  const snapshot = await profile.snapshot(true);
  assert.equal(snapshot.cells, null);
  const data = join(dir, 'vault', '0.data');
  const stood = readFileSync(data);
  for (let i = 0; i < 3; i++) add('after', 20_000);
  profile.store.run("DELETE FROM t WHERE v LIKE 'before%'");
  profile.store.checkpoint();
  assert.deepEqual(readFileSync(data), stood, 'the file stands still');
  assert.ok(
    statSync(`${data}-wal`).size > 4_000 * 1_000,
    'beyond the log that would be brought in',
  );
  await assert.rejects(profile.snapshot(true), refused('snapshot-held'));
  assert.deepEqual(await countIn(snapshot, 'moment-copy'), { all_rows: 200, before: 200 });
  snapshot.release();
  snapshot.release();
  assert.equal(statSync(`${data}-wal`).size, 0, 'and comes in afterwards');
  assert.deepEqual(
    snapshot.databaseKey.filter((byte) => byte !== 0),
    new Uint8Array(),
  );
  await assert.rejects(snapshot.data.read(0, 4_096).then((b) => snapshot.data.check(0, b)));
  const again = await profile.snapshot(false);
  assert.deepEqual(await countIn(again, 'moment-after'), { all_rows: 60_000, before: 0 });
  again.release();
  profile.close();
});

test('reading the files drops none of SQLite’s locks on them', async (t) => {
  if (process.platform !== 'linux') return t.skip('locks are listed by Linux only');
  const { dir, profile, add } = await make('locked');
  add('before');
  const snapshot = await profile.snapshot(true);
  for await (const _ of bytesOf(snapshot));
  snapshot.release();
  // Locks of all processes as the system lists them, by inode.
  const data = join(dir, 'vault', '0.data');
  const mark = `:${statSync(data).ino} `;
  const held = () => readFileSync('/proc/locks', 'utf8').includes(mark);
  assert.ok(held(), 'SQLite still holds its lock on the data file');
  closeSync(openSync(data, 'r'));
  assert.equal(held(), false, 'the control: a handle that is closed would have dropped it');
  profile.close();
});

test('cells come as they lie, a torn last one left out; without files they do not', async () => {
  const { profile } = await make('cells');
  const cells = await profile.cells();
  const place = { key: systemRng.fill(new Uint8Array(32)), file: 1, block: 0 };
  await cells.write(1, place, new Uint8Array(144_832).fill(7));
  const path = join(root, 'cells', 'vault', '0.cells');
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(100)]));
  const without = await profile.snapshot(false);
  assert.equal(without.cells, null);
  without.release();
  const snapshot = await profile.snapshot(true);
  assert.equal(snapshot.cells?.bytes, 8 * CELL_BYTES, 'they grow by eight');
  assert.deepEqual(
    await snapshot.cells.read(CELL_BYTES, CELL_BYTES),
    new Uint8Array(readFileSync(path).subarray(CELL_BYTES, 2 * CELL_BYTES)),
  );
  snapshot.release();
  profile.close();
});

test('a damaged page is refused, and so is a profile that was shut meanwhile', async () => {
  const { dir, profile, add } = await make('damaged');
  add('before');
  const snapshot = await profile.snapshot(true);
  const path = join(dir, 'vault', '0.data');
  const bytes = readFileSync(path);
  bytes[9_000] = (bytes[9_000] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  await assert.rejects(Array.fromAsync(bytesOf(snapshot)), refused('profile-unreadable'));
  bytes[9_000] = (bytes[9_000] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const first = await snapshot.data.read(0, 4_096);
  profile.close();
  assert.throws(() => snapshot.data.check(0, first), refused('profile-closed'));
  snapshot.release();
  await assert.rejects(profile.snapshot(true), refused('profile-closed'));
  const opened = await openProfile({ dir, ...secret });
  assert.deepEqual(opened.store.get('SELECT count(*) AS n FROM t'), { n: 200 });
  opened.close();
});
