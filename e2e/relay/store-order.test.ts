/**
 * What an edge's box store, alone in a process, leaves of the order of writes once its logs are empty:
 * nothing on disk, nor in memory, whichever library was given the marks (docs/decisions/0103).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { foundTwice } from '@tacet/testkit/twice';
import { filesIn, processIn } from './seized/hits.ts';
import { CHANCE, type Order, orderIn } from './seized/order.ts';

const STORE = fileURLToPath(new URL('./seized/store.mjs', import.meta.url));
const skip = process.platform === 'linux' ? false : 'memory of processes is read through /proc';
const BOXES = 120;

interface Orders {
  readonly memory: Order;
  readonly disk: Order;
}

/** @returns what tells the order when all are written, and when the logs have been emptied */
async function seize(batch: number): Promise<readonly [Orders, Orders]> {
  const dir = mkdtempSync(join(tmpdir(), 'tacet-store-'));
  const child = spawn(process.execPath, [STORE, dir, String(BOXES), String(batch)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  try {
    const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const marks: Uint8Array[][] = [];
    for (;;) {
      const { value } = await said.next();
      if (value === 'written') break;
      marks.push([Buffer.from(String(value), 'hex').map((byte) => ~byte)]);
    }
    assert.equal(marks.length, BOXES);
    const group = marks.map(() => 0);
    const look = (): Orders => ({
      memory: orderIn(group, processIn(child.pid ?? 0, marks)),
      disk: orderIn(group, filesIn(dir, marks)),
    });
    const written = look();
    child.stdin.write('empty');
    assert.equal((await said.next()).value, 'emptied');
    return [written, look()];
  } finally {
    child.kill();
    await exit;
    rmSync(dir, { recursive: true });
  }
}

for (const batch of [1, 8, 40]) {
  test(`boxes written ${batch} at a time are in no order when the logs are empty`, {
    skip,
  }, async (t) => {
    const look = async (): Promise<string[]> => {
      const [written, emptied] = await seize(batch);
      t.diagnostic(`written: p = ${written.memory.p}, on disk ${written.disk.p}`);
      t.diagnostic(`emptied: p = ${emptied.memory.p}, on disk ${emptied.disk.p}`);
      assert.ok(written.disk.p < CHANCE, 'control: the log tells the order');
      assert.equal(emptied.memory.found, BOXES, 'control: the table itself is found');
      assert.equal(emptied.disk.found, BOXES);
      const orders = { 'in memory': emptied.memory, 'on disk': emptied.disk };
      return Object.entries(orders).flatMap(([where, { p }]) => (p < CHANCE ? [where] : []));
    };
    // Six orders at one in 5,000 each: once would be by chance in 800 runs, twice in four million.
    assert.deepEqual(await foundTwice(look), []);
  });
}
