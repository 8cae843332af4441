/**
 * A profile restored from a backup (docs/spec/20-recovery.md, 7 to 10) over a whole network: it says nothing
 * before it has begun anew, then both talk again by themselves, and nothing is said twice.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import { fence } from '@tacet/client';
import { arrived, delivered } from '../src/scenarios/steps.ts';
import { say, slowPair } from './slow-pair.ts';

test('a restored profile begins anew with its contacts, and the daemon of before stops by itself', async () => {
  const { stage, alice, bob, person } = await slowPair('restore');
  const { world } = stage;
  const copy = person.copy({ id: 9_000, name: 'restored', rng: world.rng });
  const backupAt = world.now;
  await stage.pass(11 * MINUTE);
  for (const text of ['after the backup', 'and more']) {
    await delivered(stage, alice, [(await alice.send('bob', text)).id]);
  }
  // Her computer is thought to be gone, and goes on running.
  fence(copy.store, { number: 1, at: backupAt, withFiles: true }, world.now);
  copy.restart();
  assert.equal(copy.client.status(world.now).restored?.begun, false);
  const restored = world.startCopy(copy);
  const kept = say(world, restored, 'from the restored one');
  await arrived(stage, bob, 'alice', ['from the restored one']);
  await stage.until('the former notices', async () => (await alice.status()).superseded);
  const late = await alice.send('bob', 'from the former');
  await stage.pass(15 * MINUTE);
  assert.equal(restored.client.message(kept).state, 'delivered');
  assert.equal(restored.client.status(world.now).copiedAt, null);
  assert.equal((await alice.message(late.id)).copies, 0);
  const read = (await bob.messages('alice')).filter(
    ({ direction, kind }) => direction === 'in' && kind === 'text',
  );
  assert.deepEqual(
    read.map(({ text }) => text),
    ['after the backup', 'and more', 'from the restored one'],
  );
  await delivered(stage, bob, [(await bob.send('alice', 'welcome back')).id]);
  assert.deepEqual(
    restored.client.messages({ contactId: 'bob', limit: 5 }).at(-1)?.text,
    'welcome back',
  );
});
