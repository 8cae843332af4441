import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { childrenOf, debuggerOpens, portsOf } from '@tacet/testkit/debugger';
import { command, Program, tempDir } from './support.ts';

async function makeNetwork(): Promise<string> {
  const dir = join(tempDir(), 'net');
  assert.equal((await command('network', 'create', '--dir', dir, '--name', 't', '--demo')).code, 0);
  return dir;
}

test('all processes start, say so, and end together on SIGINT', async () => {
  const dir = await makeNetwork();
  const all = new Program('run-all', '--dir', dir);
  await all.says('network ready');
  for (const name of ['authority', 'mix-1', 'mix-2', 'mix-3', 'edge-1', 'edge-2']) {
    assert.match(all.text, new RegExp(`^ready ${name}$`, 'm'));
  }
  // No process listens for a debugger, nor says that it does, nor ends.
  const pids = [all.child.pid ?? 0, ...childrenOf(all.child.pid ?? 0)];
  assert.equal(pids.length, process.platform === 'linux' ? 7 : 1);
  for (const pid of pids) process.kill(pid, 'SIGUSR1');
  await debuggerOpens();
  assert.deepEqual(
    pids.flatMap(portsOf).filter((port) => port === 9229),
    [],
  );
  assert.equal(all.text.trim().split('\n').length, 7, 'nothing else is said');

  const second = new Program('run', '--config', join(dir, 'mix-1', 'config.json'));
  assert.equal(await second.exit, 1);
  assert.match(second.text, /\(relay-running\)/);

  all.child.kill('SIGINT');
  assert.equal(await all.exit, 0);
  assert.equal(existsSync(join(dir, 'mix-1', 'admin.sock')), false);

  // The end of run-all, however it comes, is the end of all it started.
  const killed = new Program('run-all', '--dir', dir);
  await killed.says('network ready');
  killed.child.kill('SIGKILL');
  await killed.exit;
  while (existsSync(join(dir, 'mix-1', 'admin.sock'))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

test('when one process cannot run, all are stopped and the reason is said', async () => {
  const dir = await makeNetwork();
  const { relayPort } = JSON.parse(readFileSync(join(dir, 'mix-2', 'config.json'), 'utf8'));
  const thief = createServer();
  await new Promise<void>((resolve) => thief.listen(relayPort, '127.0.0.1', resolve));
  const all = new Program('run-all', '--dir', dir);
  assert.equal(await all.exit, 1);
  thief.close();
  assert.match(all.text, /mix-2: .*\(port-in-use\)/);
  assert.match(all.text, /\(process-ended\)/);
});

test('without its keys a relay says what to do', async () => {
  const dir = await makeNetwork();
  rmSync(join(dir, 'edge-1', 'data', 'identity.key'));
  const edge = new Program('run', '--config', join(dir, 'edge-1', 'config.json'));
  assert.equal(await edge.exit, 5);
  assert.match(edge.text, /put back .*\(key-missing\)/);
});
