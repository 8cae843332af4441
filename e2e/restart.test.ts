/** The short form of `npm run e2e -- restart`: every process is killed once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asTable } from './restart/report.ts';
import { holds, restart } from './restart/run.ts';

test('kill -9 of each process while two people write loses and repeats nothing', async (t) => {
  const result = await restart({
    messages: 60,
    seed: process.env['E2E_SEED'] ?? String(Date.now()),
    rounds: 1,
    pauseMs: 500,
    between: [100, 600],
    down: [50, 400],
    slotMs: 100,
    epochMs: 20_000,
    say: (line) => t.diagnostic(line),
  });
  assert.ok(holds(result), asTable(result));
});
