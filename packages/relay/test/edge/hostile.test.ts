import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOSTILE_REASONS, hostile } from '../support/hostile.ts';

const RUNS = Number(process.env['FC_RUNS'] ?? 100);

test('every reason to drop or refuse a request or a digest comes up, and nothing else breaks', () => {
  const counters = hostile(1, 8 * RUNS);
  for (const reason of HOSTILE_REASONS) {
    assert.ok((counters[reason] ?? 0) > 0, `${reason} is reached`);
  }
});
