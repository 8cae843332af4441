/**
 * The model of the onion changes nothing a machine can observe: the same world over the real
 * onion gives the same trace, frame by frame.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { realOnion } from '../src/real-onion.ts';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { SCENARIOS } from '../src/scenarios/list.ts';
import { exactly, meet } from '../src/scenarios/steps.ts';

async function story(stage: LabStage): Promise<{ rows: number; hash: string }> {
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await alice.useWindow();
  await alice.send('bob', 'one');
  await bob.send('alice', 'two '.repeat(1_000));
  await stage.pass(20_000);
  await exactly(bob, 'alice', ['one']);
  return { rows: stage.trace.rows, hash: stage.trace.digest() };
}

test('the modelled onion and the real one give the same trace', async () => {
  const model = await story(new LabStage('equivalence'));
  const real = await story(new LabStage('equivalence', realOnion));
  assert.ok(model.rows > 1_000);
  assert.deepEqual(real, model);
});

test('the same seed gives the same trace, another seed another', async () => {
  const [first] = SCENARIOS;
  assert.ok(first !== undefined);
  const hashes: string[] = [];
  for (const seed of [5, 5, 6]) {
    const stage = new LabStage(seed);
    await first.run(stage);
    hashes.push(stage.trace.digest());
  }
  assert.equal(hashes[0], hashes[1]);
  assert.notEqual(hashes[0], hashes[2]);
});
