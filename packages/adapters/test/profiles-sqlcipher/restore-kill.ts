/** Restores that die at a step on the disk, and what must hold then. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hex } from '@tacet/base';
import { openProfile, profileExists } from '../../src/profiles-sqlcipher/index.ts';
import { watchDisk } from '../disk-steps.ts';
import { restoreFrom, secretOf } from './restore-scene.ts';

const PROGRAM = fileURLToPath(new URL('./restore-scene.ts', import.meta.url));

export async function whole(dir: string): Promise<void> {
  const profile = await openProfile({ dir, ...secretOf('new') });
  assert.deepEqual(profile.store.get('SELECT count(*) AS n FROM t'), { n: 300 });
  assert.deepEqual(profile.store.all('SELECT * FROM fence'), []);
  profile.close();
}

export async function restoreKills(source: string, key: Uint8Array, place: string) {
  const run = (dir: string, at: number, fate: string) =>
    new Promise<{ readonly signal: string | null }>((resolve) => {
      const args = [PROGRAM, source, hex(key), dir, String(at), fate];
      execFile(process.execPath, args, (error) => {
        resolve({ signal: error?.signal ?? null });
      });
    });
  const disk = watchDisk(-1, 'killed');
  await restoreFrom(source, key, `${place}-count`).finally(() => disk.undo());
  const steps = disk.count();
  assert.ok(steps >= 15, `${steps} steps`);
  return {
    steps,
    /** True when there was a profile. */
    async die(at: number, fate: 'killed' | 'torn'): Promise<boolean> {
      const dir = `${place}-${at}`;
      const { signal } = await run(dir, at, fate);
      assert.equal(signal, 'SIGKILL');
      const there = profileExists(dir);
      if (!there) await restoreFrom(source, key, dir);
      await whole(dir);
      assert.equal(existsSync(join(dir, 'vault.new')), false);
      rmSync(dir, { recursive: true });
      return there;
    },
  };
}
