/** More of identities, and invitations for a chosen time (docs/spec/16-addresses.md, 6; 09-meeting.md, 4). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, isAppError, MINUTE } from '@tacet/base';
import { ready } from '../src/scenarios/steps.ts';
import { addressOf, contactNamed, oneRequest, request } from './address-steps.ts';
import { identity, linkAs, made } from './identity-steps.ts';
import { slowStage } from './slow.ts';

test('another name is no other identity, and both sides can see that it is not', async () => {
  const stage = slowStage('another name');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  identity(stage, alice, 'Ally', true);
  await bob.accept(await linkAs(stage, alice, 'Ally'), 'ally');
  await ready(stage, alice, 'bob');
  await ready(stage, bob, 'ally');
  assert.equal(contactNamed(stage, bob, 'ally')?.givenName, 'Ally');
  assert.equal(contactNamed(stage, alice, 'bob')?.identity.ownKeys, false);
  const [own, other] = stage.personOf(alice).client.identities.list();
  assert.equal(own?.address, other?.address);
});

test('a request answered under another identity is shown as unverified to who asked', async () => {
  const stage = slowStage('request elsewhere');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  identity(stage, alice, 'A. S.');
  await made(stage, alice, 'A. S.');
  const { link } = addressOf(stage, alice);
  request(stage, bob, link);
  const { id } = await oneRequest(stage, alice);
  const person = stage.personOf(alice);
  assert.throws(
    () => person.client.acceptRequest({ id, identity: 'nobody' }, stage.world.now),
    (error) => isAppError(error, 'identity-unknown'),
  );
  person.client.acceptRequest({ id, identity: 'A. S.' }, stage.world.now);
  stage.world.pumpPerson(person);
  await ready(stage, bob, 'alice');
  await ready(stage, alice, 'bob');
  assert.equal(contactNamed(stage, bob, 'alice')?.givenName, 'A. S.');
  assert.equal(contactNamed(stage, bob, 'alice')?.trust, 'unverified');
  assert.ok(stage.personOf(bob).alarms.includes('address-other-identity'));
});

test('an invitation made for an hour ends with it, and its guest is told', async () => {
  const stage = slowStage('one hour');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const { client } = stage.personOf(alice);
  for (const hours of [0, 0.5, 22 * 24]) {
    assert.throws(
      () => client.createInvitation({ label: '', hours }, stage.world.now),
      (error) => isAppError(error, 'invitation-life'),
    );
  }
  const link = await linkAs(stage, alice, '', 1);
  await stage.pass(HOUR + 10 * MINUTE);
  assert.equal((await alice.invitations())[0]?.state, 'expired');
  await bob.accept(link, 'alice');
  await stage.until(
    'bob is told',
    async () => (await bob.contacts())[0]?.reason === 'invitation-expired',
    HOUR,
  );
  assert.equal((await bob.contacts())[0]?.steps.delivered, null);
});
