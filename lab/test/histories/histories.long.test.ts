/** All of `npm run -s lab -- histories` but the many thousand histories themselves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { histories } from '../../src/histories/report.ts';

test('histories: fifty of them, every crash point, every planted bug found', async () => {
  const report = await histories({ runs: 50, seed: 5 }, () => undefined);
  assert.deepEqual(report.failed, []);
  assert.equal(report.histories, 50);
  for (const [point, times] of Object.entries(report.crashPoints)) assert.ok(times > 5, point);
  // What must not be missing, whatever else has a name.
  for (const name of [
    'await: before encrypt',
    'await: after encrypt',
    'await: before decrypt',
    'await: after decrypt',
    'effect: send put',
    'effect: send get',
    'effect: send tombstone',
    'save: PutQueue.sent (boxes/puts.ts)',
    'save: PutQueue.stored (boxes/puts.ts)',
    'save: JobQueue.finishAlone (sessions/jobs.ts)',
    'save: WatchList.offer (boxes/watches.ts)',
  ]) {
    assert.ok((report.points.died[name] ?? 0) > 0, name);
  }
});
