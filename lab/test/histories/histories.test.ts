/** The quick form of `npm run -s lab -- histories`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PLANTS } from '../../src/histories/plants.ts';
import { play } from '../../src/histories/play.ts';
import { sweep } from '../../src/histories/sweep.ts';

const RUNS = Number(process.env['FC_RUNS'] ?? 8);

test('histories: whatever happens on the way, every text arrives once and ends as delivered', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const { failure, tally } = await play({ runs: RUNS, seed, realEvery: 10, shrink: true });
  assert.equal(failure, null, `seed ${seed}: ${failure?.message}, ${failure?.how}`);
  assert.ok(tally.of('text-ended-4') > RUNS, 'texts were written');
});

test('histories: a crash at any statement, save, await or effect loses nothing and repeats nothing', async () => {
  // One point of so many; all of them in the long form.
  const tried = await sweep({ stride: 97 });
  for (const [point, times] of Object.entries(tried)) assert.ok(times > 0, point);
});

// Those that show at once; the others in the long form.
const EARLY = ['calls-stored-delivered', 'forgets-how-it-began'];
for (const { name, about, within, make } of PLANTS.filter(({ name }) => EARLY.includes(name))) {
  test(`histories: a planted bug is found: ${name} (${about})`, async () => {
    const { failure } = await play({ runs: within, seed: 7, fault: make, mostSteps: 15 });
    assert.ok(failure !== null, 'nobody noticed');
  });
}
