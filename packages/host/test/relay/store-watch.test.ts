import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/relay/limits.ts';
import { StoreWatch } from '../../src/relay/store-watch.ts';

test('a store that fails, or does not answer, is a problem until it works again', () => {
  let now = 0;
  const watch = new StoreWatch(() => now);
  assert.equal(watch.problem, null);
  watch.begin()({ kind: 'failed' });
  assert.match(watch.problem ?? '', /failed/);
  const late = watch.begin();
  watch.begin()({ kind: 'tombstone' });
  assert.equal(watch.problem, null);
  now += LIMITS.storeSilentMs;
  assert.equal(watch.problem, null);
  now += 1;
  assert.match(watch.problem ?? '', /does not answer/);
  assert.equal(watch.pending, 1);
  late({ kind: 'tombstone' });
  assert.equal(watch.problem, null);
  assert.equal(watch.pending, 0);
});
