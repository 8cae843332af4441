import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storm } from '../support/storm.ts';

const RUNS = Number(process.env['FC_RUNS'] ?? 100);

test('every request answered or counted, everything bounded, in a storm of good and bad input', () => {
  const steps = 20 * RUNS;
  const totals = new Map<string, number>();
  for (const seed of [1, 2, 3]) {
    for (const [name, n] of Object.entries(storm(seed, steps).counters)) {
      totals.set(name, (totals.get(name) ?? 0) + n);
    }
  }
  const reasons = ['early', 'link-unknown', 'link-resumed', 'rate-refused', 'reply-unknown'];
  const more = ['request-malformed', 'request-unanswerable', 'store-failed', 'stand-evicted'];
  for (const reason of [...reasons, ...more, 'stand-released', 'stand-expired', 'put-invalid']) {
    assert.ok((totals.get(reason) ?? 0) > 0, `the storm reaches ${reason}`);
  }
});
