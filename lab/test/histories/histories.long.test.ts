/** All of `npm run -s lab -- histories` but the many thousand histories themselves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { histories } from '../../src/histories/report.ts';

test('histories: fifty of them, every crash point, every planted bug found', async () => {
  const report = await histories({ runs: 50, seed: 5 }, () => undefined);
  assert.deepEqual(report.failed, []);
  assert.equal(report.histories, 50);
  for (const [point, times] of Object.entries(report.crashPoints)) assert.ok(times > 5, point);
});
