/** Killed at, and in the middle of, every step on the disk that a salvage takes. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openProfile, profileExists } from '../../src/profiles-sqlcipher/index.ts';
import { watchDisk } from '../disk-steps.ts';
import { options, START } from './rolling-scene.ts';
import {
  lossOf,
  makeScene,
  namesByPage,
  overPage,
  PAGE,
  rowsOf,
  type Scene,
  salvageTo,
} from './salvage-scene.ts';
import { digest } from './support.ts';

const PROGRAM = fileURLToPath(new URL('./salvage-killed.ts', import.meta.url));

/** What one that was not killed brings back: of the damaged page what the copy has, here all of it. */
async function whole(scene: Scene, dir: string): Promise<void> {
  const profile = await openProfile(options(dir, 'new'));
  await profile.checked();
  assert.deepEqual(lossOf(scene, rowsOf(profile.store)), []);
  profile.close();
}

function run(...args: string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], (error) => resolve(error?.signal ?? null));
  });
}

test('killed at any step, and half-way through any write, the damaged one is as it was, and the new one whole or not there', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tacet-salvage-kill-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const scene = await makeScene(join(root, 'scene'), 120, [[120, START]]);
  const from = join(root, 'damaged');
  cpSync(scene.dir, from, { recursive: true });
  const page = namesByPage(scene.dir, scene.key).findIndex((ids) => ids.has('l-00050'));
  overPage(page, new Uint8Array(PAGE))(from);
  const before = digest(from);

  const disk = watchDisk(-1, 'killed');
  const made = join(root, 'made');
  await salvageTo(from, made).finally(() => disk.undo());
  await whole(scene, made);
  const steps = disk.count();
  assert.ok(steps >= 15, `${steps} steps`);

  for (const fate of ['killed', 'torn']) {
    const stood: boolean[] = [];
    for (let at = 0; at < steps; at++) {
      const to = join(root, `${fate}-${at}`);
      assert.equal(await run(from, to, String(at), fate), 'SIGKILL');
      assert.equal(digest(from), before, 'nothing of the damaged one changed');
      const there = profileExists(to);
      stood.push(there);
      if (!there) await salvageTo(from, to);
      await whole(scene, to);
      assert.equal(existsSync(join(to, 'vault.new')), false);
      rmSync(to, { recursive: true });
    }
    assert.ok(stood.includes(true) && stood.includes(false));
    assert.deepEqual(stood, stood.toSorted(), 'once there is one, it stays');
    t.diagnostic(`${steps} steps ${fate}, a profile stood after ${stood.indexOf(true)}`);
  }
});
