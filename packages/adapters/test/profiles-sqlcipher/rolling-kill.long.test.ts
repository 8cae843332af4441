/** Killed at, and in the middle of, every step on the disk that a rolling copy takes. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { watchDisk } from '../disk-steps.ts';
import { copy, DAY, keyOf, makeStore, reopen, START, tend, wholeCopies } from './rolling-scene.ts';

const PROGRAM = fileURLToPath(new URL('./rolling-scene.ts', import.meta.url));
const NOW = START + 2 * DAY;

function run(dir: string, at: number, fate: string): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, dir, String(NOW), String(at), fate], (error) => {
      resolve(error?.signal ?? null);
    });
  });
}

test('killed at any step the other copy is whole, and the next one is made', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tacet-rolling-kill-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const made = join(root, 'made');
  const profile = await makeStore(made);
  const key = await keyOf(profile);
  await tend(profile, START);
  await tend(profile, START + DAY);
  profile.close();

  const counted = join(root, 'counted');
  cpSync(made, counted, { recursive: true });
  const open = await reopen(counted);
  const disk = watchDisk(-1, 'killed');
  await copy(open, NOW).finally(() => disk.undo());
  const steps = disk.count();
  open.close();
  assert.ok(steps >= 8, `${steps} steps`);

  const outcomes = new Set<string>();
  for (const fate of ['killed', 'torn']) {
    for (let at = 0; at < steps; at++) {
      const dir = join(root, `${fate}-${at}`);
      cpSync(made, dir, { recursive: true });
      assert.equal(await run(dir, at, fate), 'SIGKILL');
      const kept = await wholeCopies(dir, key);
      outcomes.add(kept.map((moment) => (moment - START) / DAY).join(' '));
      assert.ok(kept.includes(START), 'the other one');
      const again = await reopen(dir);
      await again.checked();
      assert.deepEqual(again.store.get('SELECT count(*) AS n FROM t'), { n: 60 });
      await tend(again, NOW);
      again.close();
      assert.deepEqual(await wholeCopies(dir, key), [NOW, START]);
      rmSync(dir, { recursive: true });
    }
  }
  t.diagnostic(`${steps} steps; kept after a kill, by days: ${[...outcomes].sort().join(', ')}`);
  assert.deepEqual([...outcomes].sort(), ['0', '1 0', '2 0']);
});
