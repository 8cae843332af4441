/** Killed at, and in the middle of, every step on the disk that a restore takes. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { restoreKills } from './restore-kill.ts';
import { makeSource } from './restore-scene.ts';

test('killed at any step, and half-way through any write, there is no profile or a whole one', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tacet-restore-kill-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const source = join(root, 'source');
  const key = await makeSource(source);
  const { steps, die } = await restoreKills(source, key, join(root, 'killed'));
  for (const fate of ['killed', 'torn'] as const) {
    const stood: boolean[] = [];
    for (let at = 0; at < steps; at++) stood.push(await die(at, fate));
    assert.ok(stood.includes(true) && stood.includes(false));
    assert.deepEqual(stood, stood.toSorted(), 'once there is one, it stays');
    t.diagnostic(`${steps} steps ${fate}, a profile stood after ${stood.indexOf(true)}`);
  }
});
