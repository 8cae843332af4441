/** Killed at, and in the middle of, every step on the disk by which the files of all slots grow together. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openProfile } from '../../src/profiles-sqlcipher/index.ts';
import { watchDisk } from '../disk-steps.ts';
import { extentsOf, placesOf } from './extents.ts';
import { CELL, found, makeTwo, options, outgrow, ROWS } from './growth-scene.ts';
import { problemsOf } from './reference.ts';

const PROGRAM = fileURLToPath(new URL('./growth-scene.ts', import.meta.url));

function run(dir: string, at: number, fate: string) {
  return new Promise<{ readonly signal: string | null; readonly said: string[] }>((resolve) => {
    execFile(process.execPath, [PROGRAM, dir, String(at), fate], (error, out) => {
      resolve({ signal: error?.signal ?? null, said: out.split('\n').filter((line) => line) });
    });
  });
}

const pathsOf = (dir: string) =>
  ['data', 'cells'].flatMap((part) =>
    [0, 1, 2, 3].map((slot) => join(dir, 'vault', `${slot}.${part}`)),
  );

/** Data files, then cells, block by block; null where nobody says. */
const blocks = (dir: string) => extentsOf(pathsOf(dir))?.map(placesOf) ?? null;

test('killed at any step: what was said to be saved is there, no block has moved, all are of one length again', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tacet-growth-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const made = join(root, 'made');
  await makeTwo(made);
  const counted = join(root, 'counted');
  cpSync(made, counted, { recursive: true });
  const disk = watchDisk(-1, 'killed');
  const all: string[] = [];
  await outgrow(counted, (what) => all.push(what)).finally(() => disk.undo());
  const steps = disk.count();
  assert.ok(steps >= 30, `${steps} steps`);
  assert.deepEqual(await found(counted), all);
  assert.equal(all.length, ROWS + 1);

  const outcomes = new Set<number>();
  for (const fate of ['killed', 'torn']) {
    for (let at = 0; at < steps; at++) {
      const dir = join(root, `${fate}-${at}`);
      cpSync(made, dir, { recursive: true });
      const { signal, said } = await run(dir, at, fate);
      assert.equal(signal, 'SIGKILL');
      outcomes.add(said.length);
      const before = blocks(dir);
      const there = await found(dir);
      assert.deepEqual(there.slice(0, said.length), said, `${fate} ${at}`);
      // One that was on the way may be there as well, whole.
      assert.ok(there.length <= said.length + 1 && there.every((one, i) => one === all[i]));
      const after = blocks(dir);
      for (const [i, places] of before?.entries() ?? []) {
        assert.deepEqual(after?.[i]?.slice(0, places.length), places, `${fate} ${at}: file ${i}`);
      }
      const sizes = pathsOf(dir).map((path) => statSync(path).size);
      assert.equal(new Set(sizes.slice(0, 4)).size, 1);
      assert.equal(new Set(sizes.slice(4)).size, 1);
      const second = await openProfile(options(dir, 'second'));
      await second.checked();
      assert.deepEqual(second.store.get('SELECT n FROM t'), { n: 0 });
      assert.deepEqual(problemsOf(second.store), []);
      second.close();
      rmSync(dir, { recursive: true });
    }
  }
  t.diagnostic(`${steps} steps; said before a kill: ${[...outcomes].sort().join(', ')}`);
  assert.ok(outcomes.size >= ROWS / 2 && !all.slice(0, -1).includes(CELL));
});
