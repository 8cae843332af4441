/**
 * What a daemon frees outside of the engine's heap is overwritten when it is freed, in every thread: its allocator is
 * told so before the process begins (docs/decisions/0171), whoever begins it.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { daemonEnvironment } from '@tacet/daemon/environment';
import { endWithUs } from '@tacet/testkit/children';
import { tacet } from '../lib/tacet.ts';
import { until } from '../lib/until.ts';
import { findInMemory } from '../relay/lib/memory.ts';

const ENTRY = fileURLToPath(new URL('../../apps/daemon/bin/tacet-daemon.mjs', import.meta.url));
const glibc = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header;
const skip = glibc.glibcVersionRuntime === undefined ? 'the allocator is not of GNU' : false;
/** Of all kinds by which allocators keep what is freed. */
const SIZES = [48, 64, 200, 1_000, 3_000, 20_000, 100_000];

/** In the main thread, and in one that lives on: pieces are made, filled with the word, and freed. */
const SCRIPT = `
  const { setFlagsFromString } = await import('node:v8');
  const { Worker } = await import('node:worker_threads');
  const { once } = await import('node:events');
  setFlagsFromString('--expose-gc');
  const free = async (sizes, word) => {
    const gc = (await import('node:vm')).runInNewContext('gc');
    let pieces = sizes.flatMap((size) => Array.from({ length: 50 }, () => {
      const piece = Buffer.allocUnsafeSlow(size);
      for (let at = 0; at < size; at++) piece[at] = word[at % word.length] ^ 255;
      return piece;
    }));
    pieces = null;
    for (let n = 0; n < 3; n++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      gc({ type: 'major', flavor: 'last-resort' });
    }
  };
  const [sizes, word] = [${JSON.stringify(SIZES)}, JSON.parse(process.argv[1])];
  await free(sizes, word);
  const worker = new Worker(
    'const { parentPort, workerData } = require("node:worker_threads");' +
      '(' + free + ')(...workerData).then(() => parentPort.postMessage("freed"));' +
      'parentPort.on("message", () => {});',
    { eval: true, execArgv: [], workerData: [sizes, word] },
  );
  await once(worker, 'message');
  process.stdout.write('freed');
  process.stdin.resume().on('end', () => process.exit(0));`;

/** Whether the word is found in a process that has freed all that held it. The process knows it inverted only. */
async function isLeft(env: NodeJS.ProcessEnv): Promise<boolean> {
  const word = randomBytes(24);
  const inverted = JSON.stringify([...word.map((byte) => byte ^ 255)]);
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, inverted], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  });
  endWithUs(child);
  const exit = once(child, 'exit');
  try {
    await Promise.race([once(child.stdout, 'data'), exit]);
    assert.equal(child.exitCode, null);
    const bytes = word.subarray(0, 16);
    return findInMemory(child.pid ?? 0, [{ name: 'word', bytes }]).size > 0;
  } finally {
    child.stdin.end();
    await exit;
  }
}

test('what is freed under the environment of a daemon is overwritten; the control is found', {
  skip,
}, async () => {
  assert.equal(await isLeft(process.env), true, 'control');
  assert.equal(await isLeft(daemonEnvironment(process.env)), false);
});

/** As the process was begun; the C library cuts the word at its colons. */
const toldOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/environ`, 'latin1')
    .replaceAll('\0', ':')
    .split(':')
    .filter((word) => /glibc\.malloc/.test(word))
    .map((word) => word.replace('GLIBC_TUNABLES=', ''));
const TOLD = ['glibc.malloc.tcache_count=0', 'glibc.malloc.perturb=85'];

test('a daemon that is started by hand, or by the command line, is told', { skip }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tacet-allocator-'));
  let byHand: ChildProcess | null = null;
  try {
    const log: string[] = [];
    byHand = spawn(process.execPath, [ENTRY, '--dir', join(dir, 'hand'), '--no-window'], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    endWithUs(byHand);
    byHand.stderr?.on('data', (chunk) => log.push(String(chunk)));
    const pid = byHand.pid ?? 0;
    await until('it is open', 30_000, async () => sockets(join(dir, 'hand')));
    assert.deepEqual(toldOf(pid), TOLD, 'the same process');
    assert.equal(log.join(''), '');

    writeFileSync(join(dir, 'pass'), 'correct horse', { mode: 0o600 });
    const made = await tacet(dir, 'line', [
      'profile',
      'create',
      'Line',
      '--passphrase-file',
      join(dir, 'pass'),
    ]);
    assert.equal(made.code, 0, made.err);
    const running = readdirSync('/proc').filter((name) => cwdOf(name).startsWith(dir));
    assert.equal(running.length, 1);
    assert.deepEqual(toldOf(Number(running[0])), TOLD);
    const down = await tacet(dir, 'line', ['down']);
    assert.equal(down.code, 0, down.err);
  } finally {
    byHand?.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
});

const sockets = (dir: string): boolean => {
  try {
    return readdirSync(dir).some((name) => name.startsWith('daemon.sock'));
  } catch {
    return false;
  }
};

function cwdOf(pid: string): string {
  try {
    return /^\d+$/.test(pid) ? readlinkSync(`/proc/${pid}/cwd`) : '';
  } catch {
    return '';
  }
}
