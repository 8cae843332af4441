/** The log of a daemon that was started in the background, on a disk where it had grown. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../bin/tacet-daemon.mjs', import.meta.url));
const MIB = 1_048_576;

test('a log that had grown long is short once the daemon runs', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tacet-log-'));
  const path = join(dir, 'daemon.log');
  writeFileSync(path, `${'x'.repeat(99)}\n`.repeat(30_000), { mode: 0o600 });
  const log = openSync(path, 'a');
  const args = [ENTRY, '--dir', dir, '--no-window', '--ready-fd', '3'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', log, log, 'pipe'] });
  try {
    const ended = once(child, 'exit');
    const [line] = await once(child.stdio[3] as NodeJS.ReadableStream, 'data');
    assert.match(String(line), /"ready":true/);
    assert.ok(statSync(path).size < 10_000);
    const before = statSync(`${path}.1`).size;
    assert.ok(before <= MIB && before > MIB - 200, `${before}`);
    child.kill('SIGTERM');
    assert.equal((await ended)[0], 0);
  } finally {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true });
  }
});
