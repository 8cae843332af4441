/** Both homes of every box die at once: what one of them had acknowledged is on its disk. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { delivered, exactly, meet } from '../src/scenarios/steps.ts';

const numbered = (word: string) => [0, 1, 2].map((n) => `${word} ${n}`);

test('mixnet case (30): both copies down at once, twice: nothing acknowledged is lost, nothing comes twice', async () => {
  const stage = new LabStage('both copies');
  const [alice, bob] = [await stage.person('alice'), await stage.person('bob')];
  await meet(stage, alice, bob);
  await bob.kill();
  const give = async (word: string) =>
    Promise.all(numbered(word).map(async (text) => (await alice.send('bob', text)).id));
  const stored = await give('stored');
  await stage.until('an edge has them', async () => {
    const seen = await Promise.all(stored.map((id) => alice.message(id)));
    return seen.every(({ state }) => state === 'stored');
  });
  const down: string[] = [];
  for (const word of ['on the way', 'once more']) {
    // Between the write at an edge and its answer, for some of them.
    down.push(...(await give(word)));
    await stage.pass(700);
    await Promise.all([stage.killRelay('edge', 0), stage.killRelay('edge', 1)]);
    await stage.pass(10_000);
    await Promise.all([stage.restartRelay('edge', 0), stage.restartRelay('edge', 1)]);
  }
  await bob.restart();
  await delivered(stage, alice, [...stored, ...down]);
  await exactly(bob, 'alice', ['stored', 'on the way', 'once more'].flatMap(numbered));
  const edges = stage.world.relays.filter(({ relay }) => relay.role === 'edge');
  assert.equal(edges.length, 2, 'there is no third place');
});
