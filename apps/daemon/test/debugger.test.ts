/** A signal that opens a debugger in any program of Node opens none in a daemon, however it was started. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { debuggerOpens, portsOf } from '@tacet/testkit/debugger';

const ENTRY = fileURLToPath(new URL('../bin/tacet-daemon.mjs', import.meta.url));

test('SIGUSR1 opens no debugger in a daemon, and it lives on', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tacet-debugger-'));
  const args = [ENTRY, '--dir', dir, '--no-window', '--ready-fd', '3'];
  // As somebody starts it by hand: `tacet up` tells Node besides, which the program cannot know.
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (text) => {
    said += String(text);
  });
  try {
    const ended = once(child, 'exit');
    const [line] = await once(child.stdio[3] as NodeJS.ReadableStream, 'data');
    assert.match(String(line), /"ready":true/);
    child.kill('SIGUSR1');
    await debuggerOpens();
    assert.doesNotMatch(said, /debugger|inspector/i);
    assert.deepEqual(portsOf(child.pid ?? 0), []);
    assert.equal(child.exitCode, null);
    child.kill('SIGTERM');
    assert.equal((await ended)[0], 0, said);
  } finally {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true });
  }
});
