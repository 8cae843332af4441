/**
 * The short form of `npm run e2e -- rhythm`: the same comparisons over fewer, quicker frames. Six
 * of them at one in a thousand, and a second chance, fail a sound link once in 30,000 runs. How late
 * frames are is for the long form, which wants a quiet machine.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asTable } from './rhythm/main.ts';
import { rhythm } from './rhythm/run.ts';

test('idle, typing and a burst of texts look the same on the wire', async (t) => {
  const attempt = () =>
    rhythm({
      slotMs: 100,
      frames: 50,
      burst: 25,
      marks: { leastP: 0.001, quiet: false },
      plantedMs: 40,
      say: (line) => t.diagnostic(line),
    });
  let verdict = await attempt();
  if (verdict.faults.length > 0) {
    t.diagnostic(asTable(verdict));
    verdict = await attempt();
  }
  assert.deepEqual(verdict.faults, [], asTable(verdict));
});
