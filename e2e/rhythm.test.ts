/**
 * The short form of `npm run e2e -- rhythm`: the same comparisons over fewer, quicker frames. Six
 * of them, where the same one has to differ twice at one in 2,500, fail a sound link once in a million
 * runs. How late frames are is for the long form, which wants a quiet machine.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsInBoth } from './rhythm/judge.ts';
import { asTable } from './rhythm/main.ts';
import { rhythm } from './rhythm/run.ts';

test('idle, typing and a burst of texts look the same on the wire', async (t) => {
  const attempt = () =>
    rhythm({
      slotMs: 100,
      frames: 50,
      burst: 25,
      marks: { leastP: 0.0004, quiet: false },
      plantedMs: 40,
      say: (line) => t.diagnostic(line),
    });
  const first = await attempt();
  if (first.faults.length === 0) return;
  t.diagnostic(asTable(first));
  const second = await attempt();
  assert.deepEqual(faultsInBoth(first, second), [], asTable(second));
});
