/** The quick form of `npm run lab -- chaos`: 100 texts under 40 kills, three seeds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaos } from '../src/chaos.ts';

for (const seed of [2, 3, 5]) {
  test(`chaos: nothing lost, nothing twice, states only forward (seed ${seed})`, async () => {
    const result = await chaos({ seed, texts: 100, kills: 40 });
    assert.deepEqual(
      { lost: result.lost, twice: result.twice, backwards: result.backwards },
      { lost: [], twice: [], backwards: [] },
    );
    assert.equal(result.delivered, 100);
  });
}
