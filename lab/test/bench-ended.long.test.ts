/** A bench that is ended before its end leaves nothing running. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { noneRunsIn, runningIn, sleep } from '@tacet/e2e/lib';

const RUN = fileURLToPath(new URL('../../tools/run.mjs', import.meta.url));
const BENCH = fileURLToPath(new URL('../bench/main.ts', import.meta.url));
const skip = process.platform === 'linux' ? false : 'needs /proc';
const PATIENCE = 120_000;

async function untilDaemonsRun(bench: ChildProcess, folder: string): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!runningIn(folder).some((line) => line.includes('/people/'))) {
    assert.equal(bench.exitCode, null);
    assert.ok(performance.now() < end, 'a daemon runs');
    await sleep(50);
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
  test(`daemons and relays end with a bench that is ended by ${signal}`, { skip }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tacet-bench-ended-'));
    const bench = spawn(process.execPath, [RUN, BENCH, 'files', '--part', 'large'], {
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: folder },
    });
    try {
      await untilDaemonsRun(bench, folder);
      assert.ok(runningIn(folder).length > 5, 'control: relays are seen');
      const ended = once(bench, 'exit');
      bench.kill(signal);
      await ended;
      await noneRunsIn(folder);
    } finally {
      bench.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
