/**
 * A profile restored from a backup (docs/spec/20-recovery.md, 7): it receives and sends nothing before
 * its owner says that the former daemon has ended; then it goes on, and nothing is said twice or of
 * somebody who never read it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import { fence } from '@tacet/client';
import { arrived, delivered, exactly } from '../src/scenarios/steps.ts';
import { say, slowPair } from './slow-pair.ts';

test('a restored profile stands still until its owner resumes it, and goes on where little was said', async () => {
  const { stage, alice, bob, person } = await slowPair('restore');
  const { world } = stage;
  const copy = person.copy({ id: 9_000, name: 'restored', rng: world.rng });
  const backupAt = world.now;
  await stage.pass(11 * MINUTE);
  const before = await alice.send('bob', 'after the backup');
  await delivered(stage, alice, [before.id]);
  // Her computer is gone.
  await alice.kill();
  fence(copy.store, { number: 1, at: backupAt, withFiles: true }, world.now);
  const restored = world.startCopy(copy);
  assert.deepEqual(restored.client.status(world.now).restored?.counter, 1);
  const kept = say(world, restored, 'from the restored one');
  await stage.pass(25 * MINUTE);
  const { state, evidence } = restored.client.message(kept);
  assert.equal(state, 'sending');
  assert.ok(!evidence.some(({ what }) => what === 'part-sent'), 'not a box of it left');
  await exactly(bob, 'alice', ['after the backup']);
  restored.client.resume(world.now);
  world.pumpPerson(restored);
  await arrived(stage, bob, 'alice', ['from the restored one']);
  await stage.pass(2 * MINUTE);
  await exactly(bob, 'alice', ['after the backup', 'from the restored one']);
});
