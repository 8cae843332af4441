import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../src/tls/backoff.ts';
import { rng } from './support.ts';

test('pauses double up to the cap, within their upper half, and start anew', () => {
  const backoff = new Backoff(rng, { firstMs: 100, capMs: 1_000 });
  for (const full of [100, 200, 400, 800, 1_000, 1_000, 1_000]) {
    const pause = backoff.next();
    assert.ok(pause >= full / 2 && pause < full, `${pause} of ${full}`);
  }
  backoff.reset();
  assert.ok(backoff.next() < 100);
  for (let i = 0; i < 2_000; i++) assert.ok(backoff.next() < 1_000);
});
