/** Separate identities and chosen lives of invitations (docs/spec/16-addresses.md, 6; 09-meeting.md, 4). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError, MINUTE, utf8 } from '@tacet/base';
import type { LabStage } from '../src/scenarios/lab-stage.ts';
import type { Actor } from '../src/scenarios/stage.ts';
import { delivered, linkOf, ready } from '../src/scenarios/steps.ts';
import { contactNamed, storeOf } from './address-steps.ts';
import { identity, linkAs, made } from './identity-steps.ts';
import { slowStage } from './slow.ts';

function keysKnownBy(stage: LabStage, who: Actor): Uint8Array[] {
  const row = storeOf(stage.personOf(who)).get('SELECT * FROM contacts');
  return ['identity_key', 'key_set_hash', 'ed25519', 'mldsa65'].map((column) => {
    const value = row?.[column];
    assert.ok(value instanceof Uint8Array, column);
    return value;
  });
}

test('two contacts who know two identities of one profile find no name and no key in common', async () => {
  const stage = slowStage('identities');
  const alice = await stage.person('alicorn');
  const bob = await stage.person('bob');
  const carol = await stage.person('carol');
  identity(stage, alice, 'Dr. Smith');
  // Kill -9 before its key was made: it is made after the restart.
  await alice.kill();
  await alice.restart();
  await made(stage, alice, 'Dr. Smith');
  await bob.accept(await linkAs(stage, alice, 'Dr. Smith'), 'doctor');
  await carol.accept(await linkOf(stage, alice, 'carol'), 'alice');
  await ready(stage, bob, 'doctor');
  await ready(stage, carol, 'alice');
  await ready(stage, alice, 'bob');
  const sent = [await alice.send('bob', 'how do you do'), await alice.send('carol', 'hello')];
  const back = await bob.send('doctor', 'better, thank you');
  await delivered(
    stage,
    alice,
    sent.map(({ id }) => id),
  );
  await delivered(stage, bob, [back.id]);
  await stage.pass(2 * MINUTE);
  assert.equal(contactNamed(stage, bob, 'doctor')?.givenName, 'Dr. Smith');
  assert.deepEqual(contactNamed(stage, alice, 'bob')?.identity, {
    id: '1',
    name: 'Dr. Smith',
    ownKeys: true,
  });
  assert.equal(contactNamed(stage, alice, 'carol')?.identity.id, '0');
  const [bobs, carols] = [keysKnownBy(stage, bob), keysKnownBy(stage, carol)];
  for (const key of bobs) {
    assert.ok(carols.every((other) => Buffer.compare(key, other) !== 0));
  }
  // Nothing anywhere in what Bob's daemon saved names the other identity.
  const traces = [...carols.map((key) => key.toHex()), utf8('alicorn').toHex()];
  const store = storeOf(stage.personOf(bob));
  for (const { name } of store.all("SELECT name FROM sqlite_master WHERE type = 'table'")) {
    for (const row of store.all(`SELECT * FROM "${name}"`)) {
      for (const value of Object.values(row)) {
        const hex = value instanceof Uint8Array ? value.toHex() : utf8(String(value)).toHex();
        for (const trace of traces) assert.ok(!hex.includes(trace), String(name));
      }
    }
  }
  const { client } = stage.personOf(alice);
  // A new name of the profile is told to those who know the profile.
  const now = stage.world.clockOf(stage.personOf(alice));
  const tell = { name: 'Alix', tell: ['bob'] };
  assert.throws(
    () => client.talk.rename(tell, now),
    (error) => isAppError(error, 'identity-other'),
  );
  client.talk.rename({ name: 'Alix', tell: 'all' }, now);
  stage.world.pumpPerson(stage.personOf(alice));
  await stage.until(
    'carol has heard',
    async () => contactNamed(stage, carol, 'alice')?.givenName === 'Alix',
  );
  assert.equal(contactNamed(stage, bob, 'doctor')?.givenName, 'Dr. Smith');
  assert.throws(
    () => client.identities.delete('Dr. Smith', stage.world.now),
    (error) => isAppError(error, 'identity-used'),
  );
});
