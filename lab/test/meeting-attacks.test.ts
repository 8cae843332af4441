/**
 * What somebody who has the link, or the wrong link, can do to an invitation (09-meeting.md 3).
 * The attacker writes real boxes into the stores of both edges.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { linkOf, meet } from '../src/scenarios/steps.ts';
import { fill, linkTo, offerOf, secretOf } from './link-holder.ts';

test('a link holder cannot replace the inviter before box 0 is stored', async () => {
  const stage = new LabStage('replace before');
  const [offer, keys] = await offerOf(stage, 'mallory');
  const secret = stage.world.rng.fill(new Uint8Array(32));
  // A link whose boxes Mallory fills first: nobody else ever wrote there.
  fill(stage, secret, 0, offer);
  fill(stage, secret, 1, keys);
  const bob = await stage.person('bob');
  const link = linkTo(stage, secret);
  await bob.accept(link, 'alice');
  await stage.until('bob refuses', async () => (await bob.contacts())[0]?.state === 'ended');
  assert.equal((await bob.contacts())[0]?.reason, 'invitation-replaced');
});

test('a link holder cannot replace the inviter after box 0 has expired', async () => {
  const stage = new LabStage('replace after');
  const alice = await stage.person('alice');
  const link = await linkOf(stage, alice, 'bob');
  const [offer, keys] = await offerOf(stage, 'mallory');
  for (const node of stage.world.relays) node.boxes.run({ kind: 'expire', today: 99_998 });
  fill(stage, secretOf(link), 0, offer);
  fill(stage, secretOf(link), 1, keys);
  const bob = await stage.person('bob');
  await bob.accept(link, 'alice');
  await stage.until('bob refuses', async () => (await bob.contacts())[0]?.state === 'ended');
  assert.equal((await bob.contacts())[0]?.reason, 'invitation-replaced');
});

test('an expired invitation is said to be missing, and nothing of it is kept waiting unsaid', async () => {
  const stage = new LabStage('expired');
  const alice = await stage.person('alice');
  const link = await linkOf(stage, alice, 'bob');
  // Until both copies stand, the inviter goes on writing.
  await stage.pass(15_000);
  for (const node of stage.world.relays) node.boxes.run({ kind: 'expire', today: 99_998 });
  const bob = await stage.person('bob');
  await bob.accept(link, 'alice');
  await stage.until(
    'bob is told',
    async () => (await bob.contacts())[0]?.reason === 'invitation-missing',
  );
});

test('nonsense in the reply box ends the invitation and says so', async () => {
  const stage = new LabStage('spoiled');
  const alice = await stage.person('alice');
  const link = await linkOf(stage, alice, 'bob');
  const secret = secretOf(link);
  const person = stage.world.people[0];
  assert.ok(person !== undefined);
  const bob = await stage.person('bob');
  // Bob's real answer is slow; Mallory's nonsense is in the box before it.
  fill(stage, secret, 2, new Uint8Array(2_264).fill(18));
  await bob.accept(link, 'alice');
  await stage.until('bob is refused', async () => (await bob.contacts())[0]?.state === 'ended');
  assert.equal((await bob.contacts())[0]?.reason, 'invitation-used');
});

test('the link of one network is refused in another, and one`s own link is', async () => {
  const stage = new LabStage('networks');
  const alice = await stage.person('alice');
  const link = await linkOf(stage, alice, 'bob');
  await assert.rejects(
    async () => alice.accept(link, 'me'),
    (error) => isAppError(error, 'invitation-own'),
  );
  const elsewhere = new LabStage('elsewhere');
  const bob = await elsewhere.person('bob');
  const before = await bob.contacts();
  await assert.rejects(
    async () => bob.accept(link, 'alice'),
    (error) => isAppError(error, 'invitation-network'),
  );
  assert.deepEqual(await bob.contacts(), before);
});

test('bad input changes nothing: unknown contact, empty, broken and oversized texts', async () => {
  const stage = new LabStage('bad input');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  const cases: readonly (readonly [string, string, string])[] = [
    ['nobody', 'hello', 'contact-unknown'],
    ['bob', '', 'text-empty'],
    ['bob', 'a\ud800', 'text-invalid'],
    ['bob', 'ä'.repeat(8_193), 'text-too-long'],
  ];
  for (const [contact, text, code] of cases) {
    await assert.rejects(
      async () => alice.send(contact, text),
      (error) => isAppError(error, code),
      code,
    );
  }
  assert.equal((await alice.messages('bob')).length, 0);
});
