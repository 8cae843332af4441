/** The closed forms of docs/spec/04-mixing.md, 6, on production machines; the long run is `npm run lab -- mixing`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check } from '../../src/mixing/check.ts';
import { PoolBelief } from '../../src/mixing/figures.ts';
import { isolation } from '../../src/mixing/isolation.ts';
import { onePool, threeLayers } from '../../src/mixing/pools.ts';

function holds(checks: readonly Check[]): void {
  for (const { ok, name, measured, expected } of checks) {
    assert.ok(ok, `${name}: ${measured}, by theory ${expected}`);
  }
}

test('mixnet case (24): a pool is Poisson(lambda/mu) and hides log2(e lambda/mu) bits', async () => {
  holds(await onePool(2, { seed: 7, seconds: 600 }));
});

test('mixnet case (24): three layers hide log2(Lambda/mu) + 2.6655 bits from who sees their ends', async () => {
  holds(await threeLayers({ seed: 7, seconds: 120 }));
});

test('mixnet case (25): one packet let into a mix that is cut off hides among its floor', async () => {
  holds(await isolation({ seed: 7, targets: 2 }));
});

test('the belief of who watches a pool agrees with shares kept one by one', () => {
  const belief = new PoolBelief();
  const shares: number[] = [];
  for (const step of '++++-++-+--+++-+---'.split('')) {
    const size = shares.reduce((a, b) => a + b, 0);
    if (step === '+') {
      belief.arrive();
      shares.push(1);
      continue;
    }
    const out = shares.map((share) => share / size).filter((p) => p > 0);
    const entropy = -out.reduce((sum, p) => sum + p * Math.log2(p), 0);
    assert.ok(Math.abs(belief.depart() - entropy) < 1e-9);
    for (const [i, share] of shares.entries()) shares[i] = share * (1 - 1 / size);
  }
});
