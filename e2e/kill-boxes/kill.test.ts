/** The short form of `npm run e2e -- kill-boxes`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holds, killBoxes } from './run.ts';

test('kill -9 of an edge during PUTs: everything acknowledged is readable afterwards', async (t) => {
  const result = await killBoxes({
    puts: 3_000,
    kills: 4,
    seed: process.env['E2E_SEED'] ?? String(Date.now()),
    say: (line) => t.diagnostic(line),
  });
  assert.ok(holds(result), JSON.stringify(result));
});
