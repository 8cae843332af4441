/** 10-store.md: a store is open in one process at a time, whichever way the second comes to it. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Home } from './home.ts';

const home = new Home();
const up = ['up', '--passphrase-file', home.path('pass')];

before(async () => {
  await home.create('alice');
  // The same store by another path: another socket, another lock of its folder.
  mkdirSync(home.path('twin'), { mode: 0o700 });
  symlinkSync(home.path('alice', 'vault'), home.path('twin', 'vault'));
});
after(() => home.end());

async function twinRefused(): Promise<void> {
  const out = await home.tacet('twin', [...up, '--json']);
  assert.equal((JSON.parse(out.err) as { code: string }).code, 'profile-in-use');
  assert.notEqual(out.code, 0);
}

test('two daemons on one store: the second is refused, the first goes on, and its end frees it', async () => {
  await twinRefused();
  const { state, pid } = await home.json('alice', ['status']);
  assert.equal(state, 'open');
  // Also where somebody tidied up: the socket of the first is gone, and it runs on.
  rmSync(home.path('alice', 'daemon.sock'));
  await twinRefused();
  process.kill(Number(pid), 'SIGKILL');
  const opened = await home.tacet('twin', up);
  assert.equal(opened.code, 0, opened.err);
  assert.equal((await home.json('twin', ['status']))['state'], 'open');
});
