import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { equalBytes } from '@tacet/base';
import { testBox } from '@tacet/relay/acceptance';
import { openBoxes } from '../../src/boxes-sqlite/index.ts';
import { tempDir } from './temp.ts';

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url));

/** Lets a child write until `enough` boxes are acknowledged, kills it, returns those. */
async function writeAndKill(dir: string, first: number, enough: number): Promise<number[]> {
  const child = spawn(process.execPath, [CHILD, dir, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.split('\n').length > enough) child.kill('SIGKILL');
  }
  // The last line may be cut.
  return text.split('\n').slice(0, -1).map(Number);
}

test('kill -9 under load: everything acknowledged is there, three times over', async () => {
  const dir = tempDir();
  const acknowledged: number[] = [];
  for (let round = 0; round < 3; round++) {
    const numbers = await writeAndKill(dir, round * 100_000, 400);
    assert.ok(numbers.length >= 400);
    acknowledged.push(...numbers);
    const store = await openBoxes({ dir });
    const records = await store.get(acknowledged.map((n) => testBox(n).mark));
    acknowledged.forEach((n, i) => {
      const record = records[i];
      assert.ok(record && equalBytes(record, testBox(n).record), `box ${n} of round ${round}`);
    });
    await store.close();
  }
});
