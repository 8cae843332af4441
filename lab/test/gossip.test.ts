/** Contacts compare the network documents they hold (13-client-view.md 5). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProfileStore } from '@tacet/client';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { delivered, meet } from '../src/scenarios/steps.ts';

test('a contact that holds another document than we do is shown as a fact, once, over restarts', async () => {
  const stage = new LabStage('gossip');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await stage.pass(20_000);
  assert.deepEqual((await alice.status()).disputes, []);
  assert.deepEqual((await bob.status()).disputes, []);
  // What Alice would remember had she been shown another document for this hour.
  const person = stage.personOf(alice);
  const { store } = person as unknown as { store: ProfileStore };
  const other = new Uint8Array(32).fill(7);
  store.run('UPDATE document_hashes SET hash = ?', other);
  for (const text of ['one', 'two']) {
    const { id } = await bob.send('alice', text);
    await delivered(stage, bob, [id]);
  }
  const { epoch } = stage.world.network.document;
  const check = async (): Promise<void> => {
    const { disputes } = await alice.status();
    assert.equal(disputes.length, 1);
    assert.equal(disputes[0]?.contact, 'bob');
    assert.equal(disputes[0]?.epoch, epoch);
    assert.equal(disputes[0]?.own, Buffer.from(other).toString('hex'));
    assert.equal(
      disputes[0]?.other,
      Buffer.from(stage.world.network.verified.hash).toString('hex'),
    );
  };
  await check();
  assert.equal(person.alarms.filter((alarm) => alarm === 'document-mismatch').length, 1);
  await alice.kill();
  await alice.restart();
  await check();
  assert.deepEqual((await bob.status()).disputes, []);
});
