/** A profile from what a backup holds: there is one when it is done, fenced and under a key of its own, and none before. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isAppError } from '@tacet/base';
import { openDatabase } from '../../src/profiles-sqlcipher/database.ts';
import { openProfile, profileExists } from '../../src/profiles-sqlcipher/index.ts';
import { watchDisk } from '../disk-steps.ts';
import { restoreKills, whole } from './restore-kill.ts';
import { makeSource, restoreFrom, secretOf } from './restore-scene.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-restore-'));
after(() => rmSync(root, { recursive: true, force: true }));
const refused = (code: string) => (error: unknown) => isAppError(error, code);
const source = join(root, 'source');
const key = await makeSource(source);

test('it opens with its own passphrase and not with the old one, and its pages not with the backup’s key', async () => {
  const dir = join(root, 'restored');
  await restoreFrom(source, key, dir);
  await whole(dir);
  await assert.rejects(openProfile({ dir, ...secretOf('old') }), refused('passphrase-wrong'));
  const copy = join(root, 'copy');
  writeFileSync(copy, readFileSync(join(dir, 'vault', '0.data')));
  assert.throws(() => openDatabase(copy, key), refused('profile-unreadable'));
  const control = join(root, 'control');
  writeFileSync(control, readFileSync(join(source, 'vault', '0.data')));
  openDatabase(control, key).close();
  await assert.rejects(restoreFrom(source, key, dir), refused('profile-exists'));
  await whole(dir);
});

test('bytes that are no such database restore nothing', async () => {
  const good = readFileSync(join(source, 'vault', '0.data'));
  const flipped = Buffer.from(good);
  flipped[good.length - 2_000] = (flipped[good.length - 2_000] ?? 0) ^ 1;
  for (const bytes of [
    flipped,
    good.subarray(0, -1),
    good.subarray(0, 4_096),
    Buffer.alloc(8_192),
  ]) {
    const dir = join(root, 'bad');
    await assert.rejects(restoreFrom(source, key, dir, bytes), refused('profile-unreadable'));
    assert.equal(profileExists(dir), false);
    assert.equal(existsSync(join(dir, 'vault.new')), false);
  }
});

test('a disk that is full at any write leaves no profile, and the next attempt makes one', async () => {
  for (let at = 0, met = 0; ; at += 1) {
    const dir = join(root, 'full');
    const disk = watchDisk(at, 'full');
    const done = await restoreFrom(source, key, dir)
      .then(
        () => null,
        (error: unknown) => error,
      )
      .finally(() => disk.undo());
    if (done !== null) {
      met += 1;
      assert.ok(isAppError(done, 'disk-full'), String(done));
      assert.equal(profileExists(dir), false);
      await restoreFrom(source, key, dir);
    }
    await whole(dir);
    rmSync(dir, { recursive: true });
    if (at < disk.count()) continue;
    assert.ok(met >= 3, `${met} writes`);
    break;
  }
});

test('killed on the way there is no profile, or a whole one; a second restore makes what is missing', async () => {
  const { steps, die } = await restoreKills(source, key, join(root, 'killed'));
  const stood: boolean[] = [];
  // The rename is the last but two.
  for (const at of [steps - 4, steps - 1]) stood.push(await die(at, 'killed'));
  assert.deepEqual(stood, [false, true]);
});
