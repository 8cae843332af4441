/** Killed at, and in the middle of, every step on the disk that a backup takes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { killScene } from './kill.ts';
import { pages, read, write } from './support.ts';

test('killed at any step, and half-way through any write, a folder has one of both backups, whole', async (t) => {
  const scene = await killScene();
  t.after(() => scene.end());
  for (const fate of ['killed', 'torn'] as const) {
    const stood: boolean[] = [];
    for (let at = 0; at < scene.steps; at++) stood.push(await scene.die(at, fate));
    assert.deepEqual(stood, stood.toSorted(), 'once the new one stands, it stands');
    assert.ok(stood.includes(true) && stood.includes(false));
    t.diagnostic(`${scene.steps} steps ${fate}, the new one stood after ${stood.indexOf(true)}`);
  }
});

test('on a file system of twelve megabytes the second step does not fit, and the first stays', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tacet-small-'));
  const small = join(root, 'small');
  mkdirSync(small);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', small], { stdio: 'ignore' });
  } catch {
    rmSync(root, { recursive: true });
    t.skip('a file system of its own can be mounted by root only');
    return;
  }
  t.after(() => {
    execFileSync('umount', [small]);
    rmSync(root, { recursive: true });
  });
  const dir = join(small, 'backup');
  const data = pages(36 * 10);
  await write(dir, data);
  await assert.rejects(write(dir, pages(36 * 80, 2), { lastNumber: 1 }), (error) =>
    isAppError(error, 'backup-folder-full'),
  );
  assert.deepEqual(await read(dir), Buffer.from(data));
  // There is room again for what is small.
  await write(dir, pages(36 * 10, 3), { lastNumber: 1 });
});
