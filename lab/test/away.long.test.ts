/**
 * 13-client-view.md 3, with boxes that live four days; `npm run lab -- away` is the same over
 * thirty days with boxes of twenty-one.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { away } from '../src/away.ts';

test('away for longer than boxes, documents and links last, a client comes back and misses nothing', async () => {
  const result = await away({ seed: 'away', days: 7, boxLifeDays: 4 });
  assert.equal(result.pause, 'document-old');
  assert.equal(result.arrived, result.texts);
  assert.equal(result.twice, 0);
  assert.equal(result.receipted, result.texts);
});
