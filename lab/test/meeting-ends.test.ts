/** The guest of an invitation is told what became of it, within the bounds of 09-meeting.md 4. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, SECOND } from '@tacet/base';
import { linkOf } from '../src/scenarios/steps.ts';
import { answered, endsWith, only } from './invitation-end.ts';
import { slowStage } from './slow.ts';

test('a guest of an invitation that was taken back is told, and has said nothing', async () => {
  const stage = slowStage('taken back');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const link = await linkOf(stage, alice, 'bob');
  const [open] = await alice.invitations();
  await alice.revoke(open?.id ?? '');
  await stage.pass(2 * MINUTE);
  await bob.accept(link, 'alice');
  await endsWith(stage, bob, 'invitation-revoked', 5 * MINUTE);
  assert.equal((await only(bob)).steps.delivered, null);
  assert.equal((await alice.contacts()).length, 0);
});

test('a guest that had answered an invitation when it was taken back is told', async () => {
  const stage = slowStage('taken back after the answer');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const link = await linkOf(stage, alice, 'bob');
  await stage.pass(2 * MINUTE);
  // Alice does not hear of the answer before she takes the invitation back.
  const person = stage.personOf(alice);
  person.online = false;
  stage.world.hangUp(person);
  await bob.accept(link, 'alice');
  const { id } = await bob.send('alice', 'are you there?');
  await answered(stage, bob);
  const [open] = await alice.invitations();
  await alice.revoke(open?.id ?? '');
  person.online = true;
  await endsWith(stage, bob, 'invitation-revoked', 10 * MINUTE);
  assert.equal((await bob.message(id)).state, 'failed');
  assert.equal((await alice.contacts()).length, 0);
});

test('a second guest is told before it says who it is', async () => {
  const stage = slowStage('second guest');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const carol = await stage.person('carol');
  const link = await linkOf(stage, alice, 'somebody');
  await bob.accept(link, 'alice');
  await stage.until('bob is accepted', async () => (await only(bob)).steps.accepted !== null);
  await carol.accept(link, 'alice');
  await endsWith(stage, carol, 'invitation-used', 5 * MINUTE);
  assert.equal((await only(carol)).steps.delivered, null);
});

test('private halves of a bundle that nobody can answer any more are gone', async () => {
  const stage = slowStage('halves');
  const alice = await stage.person('alice');
  await linkOf(stage, alice, 'bob');
  const halves = () =>
    (stage.personOf(alice) as unknown as { store: { all(sql: string): unknown[] } }).store.all(
      "SELECT name FROM session_records WHERE name LIKE 'signed/%'",
    ).length;
  assert.equal(halves(), 1);
  const [open] = await alice.invitations();
  await alice.revoke(open?.id ?? '');
  await stage.pass(SECOND);
  assert.equal(halves(), 0);
});
