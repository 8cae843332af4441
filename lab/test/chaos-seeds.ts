/** 100 texts under 40 kills of machines, for each seed. Only tests import this. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaos } from '../src/chaos.ts';

export function testChaos(seeds: readonly number[]): void {
  for (const seed of seeds) {
    test(`chaos: nothing lost, nothing twice, states only forward (seed ${seed})`, async () => {
      const result = await chaos({ seed, texts: 100, kills: 40 });
      assert.deepEqual(
        { lost: result.lost, twice: result.twice, backwards: result.backwards },
        { lost: [], twice: [], backwards: [] },
      );
      assert.equal(result.delivered, 100);
    });
  }
}
