import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentFills } from '../../src/edge/recent-fills.ts';
import { mark } from '../support/edge.ts';

test('boxes filled a moment ago are kept up to a cap, anew in each span', () => {
  const fills = new RecentFills(3);
  const early = Array.from({ length: 5 }, mark);
  const late = Array.from({ length: 5 }, mark);
  const kept = (marks: typeof early, now: number) => marks.map((one) => fills.has(one, now));
  for (const one of early) fills.add(one, 1_000);
  assert.deepEqual(kept(early, 10_000), [true, true, true, false, false]);
  for (const one of late) fills.add(one, 11_500);
  assert.deepEqual(kept(late, 12_000), [true, true, true, false, false]);
  assert.deepEqual(kept(early, 12_000), [true, true, true, false, false]);
  assert.deepEqual(kept(early, 21_500), [false, false, false, false, false]);
});
