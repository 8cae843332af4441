import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentSet, randomInt } from '@tacet/base';
import { seededRng } from '@tacet/testkit';

test('keeps the last so many different things, and says which gives way', () => {
  const rng = seededRng('recent set');
  for (const most of [1, 2, 7]) {
    const set = new RecentSet<number>(most);
    let model: number[] = [];
    for (let n = 0; n < 2_000; n++) {
      const value = randomInt(rng, 2 * most + 1);
      const known = model.includes(value);
      assert.equal(set.has(value), known);
      const all = known ? model : [...model, value];
      model = all.slice(-most);
      assert.equal(set.add(value), all.length > most ? all[0] : undefined);
      assert.equal(set.size, model.length);
    }
  }
});
