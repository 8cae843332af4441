/**
 * Destroying a profile for real (docs/spec/10-store.md, 8): the real command line and daemon, open, locked
 * and killed half-way. What became of the header's own block is seen through a second name of it.
 */
import assert from 'node:assert/strict';
import { existsSync, linkSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSlot } from '@tacet/testkit/open-slot';
import { dialDaemon } from '../lib/socket.ts';
import { Home } from './home.ts';

const home = new Home();
after(() => home.end());

/** A profile, its daemon running; `erased` tells whether its header still has its bytes. */
async function make(name: string) {
  await home.create(name);
  const second = home.path(`${name}.block`);
  const slot = openSlot(home.path(name));
  linkSync(home.path(name, 'vault', `${slot}.head`), second);
  const before = readFileSync(second);
  return { erased: () => !readFileSync(second).equals(before) };
}

test('wiped while open, and while nothing runs: the key at once, then everything; the folder goes, too', async () => {
  for (const [name, running] of [['open', true] as const, ['shut', false] as const]) {
    const { erased } = await make(name);
    if (!running) assert.equal((await home.tacet(name, ['down'])).code, 0);
    const asked = await home.tacet(name, ['wipe']);
    assert.equal(asked.code, 2, 'not without a word that it is meant');
    assert.equal(erased(), false);
    const wiped = await home.tacet(name, ['wipe', '--yes']);
    assert.equal(wiped.code, 0, wiped.err);
    assert.equal(erased(), true);
    assert.equal(existsSync(home.path(name)), false);
  }
});

test('killed at any moment of it: the profile opens as before, or never again and a second wipe ends it', async () => {
  const ends = { before: 0, half: 0, after: 0 };
  for (let n = 0; n < 8; n++) {
    const name = `kill-${n}`;
    const { erased } = await make(name);
    const api = await dialDaemon(home.path(name, 'daemon.sock'));
    const { pid } = await api.call('status', {});
    const wiping = api.call('profile.wipe', { sure: true }).catch(() => null);
    await sleep(n * 2);
    process.kill(pid, 'SIGKILL');
    await wiping;
    const there = existsSync(home.path(name, 'vault'));
    const opened = await home.tacet(name, ['up', '--passphrase-file', home.path('pass')]);
    if (!erased()) {
      ends.before += 1;
      assert.equal(opened.code, 0, opened.err);
    } else if (there) {
      ends.half += 1;
      assert.match(opened.err, /passphrase does not open/);
    } else ends.after += 1;
    const again = await home.tacet(name, ['wipe', '--yes']);
    assert.equal(again.code, there ? 0 : 5, again.err);
    assert.equal(erased(), true);
    assert.equal(existsSync(home.path(name, 'vault')), false);
  }
  assert.ok(ends.half + ends.after > 0, JSON.stringify(ends));
});

test('another passphrase: the old one opens it no more, and a wrong one changes nothing', async () => {
  await home.create('zoe');
  const [old, next] = [home.path('pass'), home.secret('next', 'wrong horse battery')];
  const change = (from: string, to: string) => {
    const files = ['--passphrase-file', from, '--new-passphrase-file', to];
    return home.tacet('zoe', ['profile', 'passphrase', ...files]);
  };
  const unlock = (file: string) => home.tacet('zoe', ['unlock', '--passphrase-file', file]);
  assert.equal((await change(next, old)).code, 4);
  assert.equal((await unlock(old)).code, 0);
  assert.equal((await change(old, next)).code, 0);
  await home.tacet('zoe', ['down']);
  assert.equal((await home.tacet('zoe', ['up', '--locked'])).code, 0);
  assert.equal((await unlock(old)).code, 4);
  assert.equal((await unlock(next)).code, 0);
});
