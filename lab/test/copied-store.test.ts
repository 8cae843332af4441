/**
 * Two daemons on one store that was copied (docs/spec/10-store.md 7): the one that comes second
 * notices before it sends a word, says so and stops; nobody's texts are lost or shown as what they
 * are not.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import { arrived, delivered, exactly } from '../src/scenarios/steps.ts';
import { say, slowPair } from './slow-pair.ts';

test('two daemons from one copied store: the second notices, sends nothing, loses nothing', async () => {
  const { stage, alice, bob, person } = await slowPair('copy');
  const { world } = stage;
  // The copy was made some time before it is started.
  const copy = person.copy({ id: 9_000, name: 'copy', rng: world.rng });
  await stage.pass(11 * MINUTE);
  const before = await alice.send('bob', 'before the copy runs');
  await delivered(stage, alice, [before.id]);
  const second = world.startCopy(copy);
  const kept = say(world, second, 'from the copy');
  await stage.until(
    'the copy notices',
    async () => second.client.status(world.now).copiedAt !== null,
  );
  assert.deepEqual(second.alarms, ['store-copied']);
  const { id } = await alice.send('bob', 'from the first');
  await delivered(stage, alice, [id]);
  await stage.pass(12 * MINUTE);
  assert.equal((await alice.status()).copiedAt, null, 'the one that ran goes on');
  const { state, evidence } = second.client.message(kept);
  assert.equal(state, 'sending');
  assert.ok(!evidence.some(({ what }) => what === 'part-sent'), 'not a box of it left');
  await exactly(bob, 'alice', ['before the copy runs', 'from the first']);
  // The owner ends the first one and goes on with the copy.
  await alice.kill();
  second.client.resume(world.now);
  world.pumpPerson(second);
  await arrived(stage, bob, 'alice', ['from the copy']);
  await stage.pass(2 * MINUTE);
  await exactly(bob, 'alice', ['before the copy runs', 'from the first', 'from the copy']);
});
