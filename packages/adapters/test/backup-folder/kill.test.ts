/** Killed while a backup is made, and told that the disk is full: the last one is whole. All points: kill.long.test.ts. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { watchDisk } from '../disk-steps.ts';
import { killScene } from './kill.ts';
import { FIRST, SECOND } from './kill-scene.ts';
import { look, read, write } from './support.ts';

test('killed around the moment of the new head a folder has one of both backups, whole', async (t) => {
  const scene = await killScene();
  t.after(() => scene.end());
  assert.ok(scene.steps > 100);
  const stood: boolean[] = [];
  // The head's rename is the sixth step from the end.
  for (const at of [scene.steps - 7, scene.steps - 5]) {
    stood.push(await scene.die(at, 'killed'));
  }
  assert.ok(stood.includes(true) && stood.includes(false), 'both sides of the moment were met');
  assert.deepEqual(stood, stood.toSorted(), 'and none goes back');
});

test('a disk that is full at any write leaves the last backup as it was, and says so', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tacet-full-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const base = join(root, 'base');
  await write(base, FIRST);
  const stood = look(base);
  let met = 0;
  for (let at = 0; ; at += 1) {
    const dir = join(root, 'dir');
    cpSync(base, dir, { recursive: true });
    const disk = watchDisk(at, 'full');
    const done = await write(dir, SECOND, { lastNumber: 1 })
      .then(
        () => null,
        (error: unknown) => error,
      )
      .finally(() => disk.undo());
    if (done !== null) {
      met += 1;
      assert.ok(isAppError(done, 'backup-folder-full'), String(done));
      const left = look(dir);
      left.delete('0.head.new');
      assert.deepEqual(left, stood);
      assert.deepEqual(await read(dir), Buffer.from(FIRST));
    } else assert.deepEqual(await read(dir), Buffer.from(SECOND));
    rmSync(dir, { recursive: true });
    if (at >= disk.count()) break;
  }
  assert.ok(met > 5, `${met} writes`);
});
