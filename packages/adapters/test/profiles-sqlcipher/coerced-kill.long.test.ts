/** Coercion in a process that is killed at any step. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { watchDisk } from '../disk-steps.ts';
import { makeCoerced, said, withKeys } from './coerced-scene.ts';

const PROGRAM = fileURLToPath(new URL('./coerced-scene.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'tacet-coerced-'));
after(() => rmSync(root, { recursive: true, force: true }));
const dir = join(root, 'vault');
await makeCoerced(withKeys(dir));
let counter = 0;
const copy = (): string => {
  const to = join(root, `copy${counter++}`);
  cpSync(dir, to, { recursive: true, preserveTimestamps: true });
  return to;
};

test('killed at any step, or in the middle of one, the next time leaves only the decoy', async () => {
  const disk = watchDisk(-1, 'killed');
  await said(copy(), 'coerced').finally(() => disk.undo());
  const steps = disk.count();
  assert.ok(steps >= 4, `${steps} steps`);
  let survived = 0;
  for (let at = 0; at < steps; at++) {
    for (const fate of ['killed', 'torn']) {
      const place = copy();
      const signal = await new Promise((resolve) => {
        const args = [PROGRAM, place, String(at), fate];
        execFile(process.execPath, args, (error) => resolve(error?.signal ?? null));
      });
      assert.equal(signal, 'SIGKILL');
      const between = join(root, 'between');
      cpSync(place, between, { recursive: true });
      if ((await said(between, 'right')) === 'right') survived += 1;
      assert.equal(await said(between, 'decoy'), 'decoy');
      rmSync(between, { recursive: true });
      assert.equal(await said(place, 'coerced'), 'decoy');
      assert.equal(await said(place, 'right'), 'passphrase-wrong');
      assert.equal(await said(place, 'decoy'), 'decoy');
      rmSync(place, { recursive: true });
    }
  }
  assert.ok(
    survived >= 1 && survived < steps,
    `${survived}: killed before the first step it is there`,
  );
});
