/**
 * A core file of a daemon or a relay that dies while everything is open holds nothing of its memory; one of the same
 * daemon, allowed again to hold memory, does.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { introduce } from '../lib/meet.ts';
import { FAST, Town } from '../lib/town.ts';
import { findInMemory } from '../relay/lib/memory.ts';
import { canary } from '../seizure/canaries.ts';

/** Where the system makes files of them: elsewhere a program gets them, to which the same mask applies. */
const skip = ((): string | false => {
  if (process.platform !== 'linux') return 'core files are as Linux makes them';
  const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'latin1').trim();
  if (pattern.startsWith('|') || pattern.includes('/')) return `core files go to ${pattern}`;
  return spawnSync('prlimit', ['--version']).status === 0 ? false : 'needs prlimit (util-linux)';
})();
/** What a core file of the engine has at least when memory is in it. */
const WITH_MEMORY = 20_000_000;

/** Kills it as a fault of its own would. The newest core file of its folder. */
async function coreOf(pid: number, ended: () => boolean, town: Town): Promise<Buffer> {
  const raised = spawnSync('prlimit', ['--pid', String(pid), '--core=unlimited:unlimited']);
  assert.equal(raised.status, 0, String(raised.stderr));
  const dir = readlinkSync(`/proc/${pid}/cwd`);
  const from = Date.now() - 1_000;
  process.kill(pid, 'SIGSEGV');
  await town.until('it is gone', 60_000, async () => ended());
  const files = readdirSync(dir)
    .filter((name) => /^core(\.\d+)?$/.test(name))
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).mtimeMs >= from);
  assert.equal(files.length, 1, 'one core file was made');
  const [path = ''] = files;
  try {
    return readFileSync(path);
  } finally {
    rmSync(path);
  }
}

test('a core file of an open daemon, and of a relay, holds no memory; the control does', {
  skip,
}, async (t) => {
  await Town.with({ parameters: FAST }, async (town) => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const { atHost, atGuest } = await introduce(town, alice, bob);
    const text = canary();
    const words = ['utf8', 'utf16le'] as const;
    const patterns = words.map((form) => ({ name: form, bytes: Buffer.from(text, form) }));
    for (const [{ api }, contactId] of [
      [alice, atHost],
      [bob, atGuest],
    ] as const) {
      await api.call('message.send', { contactId, text, clientId: 'a' });
      await api.call('message.list', { contactId, limit: 9 });
    }
    const holds = (core: Buffer): boolean => patterns.some(({ bytes }) => core.includes(bytes));
    for (const { pid } of [alice, bob])
      assert.ok(findInMemory(pid, patterns).size > 0, 'in memory');

    const core = await coreOf(alice.pid, () => !alice.isRunning, town);
    t.diagnostic(`core file of ${core.length} bytes`);
    assert.equal(core.subarray(1, 4).toString('latin1'), 'ELF');
    assert.ok(!holds(core), 'the text stands in the core file');
    assert.ok(core.length < WITH_MEMORY, `${core.length} bytes`);

    writeFileSync(`/proc/${bob.pid}/coredump_filter`, '0x33');
    const whole = await coreOf(bob.pid, () => !bob.isRunning, town);
    t.diagnostic(`control: ${whole.length} bytes`);
    assert.ok(whole.length >= WITH_MEMORY && holds(whole), 'control: memory stands in a core file');

    for (const pid of town.network.pids()) {
      assert.equal(Number(`0x${readFileSync(`/proc/${pid}/coredump_filter`, 'latin1').trim()}`), 0);
    }
  });
});
