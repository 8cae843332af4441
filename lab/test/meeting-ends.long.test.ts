/** The bounds of 09-meeting.md 4 that take days: nobody answers, or somebody too late. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE } from '@tacet/base';
import type { TestNetworkOptions } from '@tacet/testkit';
import { linkOf } from '../src/scenarios/steps.ts';
import { answered, endsWith, only } from './invitation-end.ts';
import { slowStage } from './slow.ts';

/** Boxes that live two days, and few frames on the way there. */
const SHORT: TestNetworkOptions = {
  parameters: {
    slotMs: 60_000,
    inUseSlotMs: 60_000,
    delayMeanMs: 1_000,
    digestMs: 60_000,
    secondCopyMinMs: 5_000,
    secondCopyMaxMs: 60_000,
    boxLifeDays: 2,
  },
};

test('without an answer the guest is told so after a day, and the end comes with the last day', async () => {
  const stage = slowStage('no answer', SHORT, HOUR);
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const link = await linkOf(stage, alice, 'bob');
  await stage.pass(5 * MINUTE);
  await alice.kill();
  await bob.accept(link, 'alice');
  await answered(stage, bob);
  const { steps, endsAt } = await only(bob);
  const told = (steps.delivered ?? 0) + DAY;
  await stage.world.run(told - MINUTE);
  assert.equal((await only(bob)).reason, null);
  await stage.until(
    'bob is told that nobody answered',
    async () => (await only(bob)).reason === 'invitation-unanswered',
    HOUR,
  );
  assert.equal((await only(bob)).state, 'meeting');
  assert.ok(endsAt !== null && endsAt > stage.world.now && endsAt % DAY === 0);
  await stage.world.run(endsAt + DAY);
  await endsWith(stage, bob, 'invitation-expired', HOUR);
});

test('an inviter that comes back after the last day tells the guest who answered in time', async () => {
  const stage = slowStage('back too late', SHORT, HOUR);
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const link = await linkOf(stage, alice, 'bob');
  await stage.pass(5 * MINUTE);
  await alice.kill();
  await stage.pass(1.5 * DAY);
  await bob.accept(link, 'alice');
  await answered(stage, bob);
  const { endsAt } = await only(bob);
  const [open] = await alice.invitations();
  await stage.world.run(Math.max(endsAt ?? 0, open?.expiresAt ?? 0) + MINUTE);
  await alice.restart();
  await endsWith(stage, bob, 'invitation-expired', 3 * HOUR);
  assert.equal((await alice.contacts()).length, 0);
  assert.equal((await alice.invitations())[0]?.state, 'expired');
});
