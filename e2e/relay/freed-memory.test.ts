/**
 * What dies in the engine's heap of a relay is gone after a collection, also where it grew old
 * among things that live on (docs/decisions/0102).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { findInMemory, type Pattern } from './lib/memory.ts';

const FREED = new URL('../../packages/host/src/freed-memory.ts', import.meta.url);
const skip = process.platform === 'linux' ? false : 'memory of processes is read through /proc';
const COUNT = 1_000;
/** Odd, so that it meets each number of 32 bits once. */
const STEP = 2_654_435_761;

/** Numbers, as the engine keeps those above 2^53; texts, as it keeps addresses. */
const PLANTED: Pattern[] = Array.from({ length: COUNT }, (_, i) => {
  const number = Buffer.alloc(8);
  number.writeUInt32LE(Math.imul(i + 7, STEP) >>> 0, 0);
  number.writeUInt32LE(Math.imul(i + 1, STEP) >>> 0, 4);
  const text = Buffer.from(`${Math.imul(i + 3, STEP) >>> 0}.planted`);
  return [
    { name: `number ${i}`, bytes: number },
    { name: `text ${i}`, bytes: text },
  ];
}).flat();

const SCRIPT = `
  const { overwriteFreed, collectFreed } = await import(${JSON.stringify(FREED.href)});
  overwriteFreed();
  const { once } = await import('node:events');
  const step = ${STEP};
  const word = (i) => BigInt(Math.imul(i, step) >>> 0);
  let mortal = [];
  globalThis.living = [];
  for (let i = 0; i < ${COUNT}; i++) {
    mortal.push((word(i + 1) << 32n) | word(i + 7), [Math.imul(i + 3, step) >>> 0, '.planted'].join(''));
    for (let k = 0; k < 50; k++) living.push({ k, beside: [i, k] });
  }
  // Collections of the young, until all of it counts as old.
  for (let i = 0; i < 2_000_000; i++) globalThis.last = [i];
  process.stdout.write('kept');
  await once(process.stdin, 'data');
  mortal = null;
  // The frame that held it is gone in the next turn.
  await new Promise((resolve) => setTimeout(resolve, 10));
  collectFreed();
  process.stdout.write('collected');
  process.stdin.resume();`;

test('what dies old among the living is overwritten by the collection of a grace', {
  skip,
}, async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  try {
    await once(child.stdout, 'data');
    const kept = findInMemory(child.pid ?? 0, PLANTED);
    const missing = PLANTED.filter(({ name }) => !kept.has(name)).map(({ name }) => name);
    assert.deepEqual(missing, [], 'control: everything is found while it lives');
    child.stdin.write('drop');
    await once(child.stdout, 'data');
    const left = findInMemory(child.pid ?? 0, PLANTED);
    assert.ok(left.size === 0, `${left.size} of ${PLANTED.length} are left`);
  } finally {
    child.stdin.end();
    await exit;
  }
});
