/**
 * What somebody who has the link, or the wrong link, can do to an invitation (09-meeting.md 3).
 * The attacker writes real boxes into the stores of both edges.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { linkOf, meet } from '../src/scenarios/steps.ts';
import { announce } from './hostile/announce.ts';
import { expireAll, fill, linkTo, offerOf, secretOf, standing } from './link-holder.ts';

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
  expireAll(stage);
  fill(stage, secretOf(link), 0, offer);
  fill(stage, secretOf(link), 1, keys);
  const bob = await stage.person('bob');
  await bob.accept(link, 'alice');
  await stage.until('bob refuses', async () => (await bob.contacts())[0]?.state === 'ended');
  assert.equal((await bob.contacts())[0]?.reason, 'invitation-replaced');
});

test('an inviter whose box 0 somebody filled first is told, and never shows the link', async () => {
  const stage = new LabStage('filled first');
  const [offer, keys] = await offerOf(stage, 'mallory');
  const alice = await stage.person('alice');
  const person = stage.personOf(alice);
  const { id } = await alice.invite('bob');
  // Nobody but the inviter's own daemon can know it now: a thief of the profile, at worst.
  const secret = (): Uint8Array | null =>
    (person['store'].get('SELECT secret FROM invitations')?.['secret'] ??
      null) as Uint8Array | null;
  while (secret() === null) await stage.pass(1);
  const stolen = secret() ?? assert.fail();
  assert.equal(standing(stage, stolen, 0), null, 'box 0 is not stored yet');
  fill(stage, stolen, 0, offer);
  fill(stage, stolen, 1, keys);
  const state = async () => (await alice.invitations()).find((one) => one.id === id);
  await stage.until('alice takes it back', async () => (await state())?.state === 'revoked');
  assert.equal((await state())?.link, null);
  assert.equal((await state())?.reason, 'invitation-taken');
  assert.ok(person.alarms.includes('invitation-taken'));
  // Who gets hold of that link all the same is not led to Mallory.
  const bob = await stage.person('bob');
  await bob.accept(linkTo(stage, stolen), 'alice');
  await stage.until('bob refuses', async () => (await bob.contacts())[0]?.state === 'ended');
  assert.equal((await bob.contacts())[0]?.reason, 'invitation-replaced');
});

test('an offer copied from another invitation of the same person is refused', async () => {
  const stage = new LabStage('copied offer');
  const [offer, keys] = await offerOf(stage, 'alice');
  const secret = stage.world.rng.fill(new Uint8Array(32));
  fill(stage, secret, 0, offer);
  fill(stage, secret, 1, keys);
  const bob = await stage.person('bob');
  await bob.accept(linkTo(stage, secret), 'alice');
  await stage.until('bob refuses', async () => (await bob.contacts())[0]?.state === 'ended');
  assert.equal((await bob.contacts())[0]?.reason, 'invitation-replaced');
});

test('an answer copied from another invitation leads to nobody, and the invitation says so', async () => {
  const stage = new LabStage('copied answer');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const [first, second] = [await linkOf(stage, alice, 'bob'), await linkOf(stage, alice, 'carol')];
  await bob.accept(first, 'alice');
  await stage.until('bob is ready', async () => (await bob.contacts())[0]?.state === 'ready');
  const answer = standing(stage, secretOf(first), 2) ?? assert.fail();
  announce(stage, stage.personOf(alice), fill(stage, secretOf(second), 2, answer));
  const carol = await stage.person('carol');
  await carol.accept(second, 'alice');
  await stage.until('carol is refused', async () => (await carol.contacts())[0]?.state === 'ended');
  assert.equal((await carol.contacts())[0]?.reason, 'invitation-used');
  await stage.until('alice is told', async () =>
    stage.personOf(alice).alarms.includes('invitation-spoiled'),
  );
  const ready = (await alice.contacts()).filter(({ state }) => state === 'ready');
  assert.deepEqual(
    ready.map(({ name }) => name),
    ['bob'],
  );
});

test('boxes of a meeting written again after they expired change nothing and lead to nobody', async () => {
  const stage = new LabStage('written again');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const link = await linkOf(stage, alice, 'bob');
  await stage.pass(15_000);
  const secret = secretOf(link);
  const old = [0, 1].map((index) => standing(stage, secret, index) ?? assert.fail());
  await bob.accept(link, 'alice');
  await stage.until('bob is ready', async () => (await bob.contacts())[0]?.state === 'ready');
  await stage.until('alice is ready', async () => (await alice.contacts())[0]?.state === 'ready');
  const answer = standing(stage, secret, 2) ?? assert.fail();
  expireAll(stage);
  for (const [index, plaintext] of [...old, answer].entries()) {
    fill(stage, secret, index, plaintext);
  }
  fill(stage, secret, 3, new Uint8Array(2_264).fill(19));
  const carol = await stage.person('carol');
  await carol.accept(link, 'alice');
  await stage.until('carol is refused', async () => (await carol.contacts())[0]?.state === 'ended');
  assert.equal((await carol.contacts())[0]?.reason, 'invitation-used');
  await stage.pass(60_000);
  assert.deepEqual(
    (await alice.contacts()).map(({ state }) => state),
    ['ready'],
  );
  assert.deepEqual(
    (await bob.contacts()).map(({ state }) => state),
    ['ready'],
  );
  const { id } = await alice.send('bob', 'still you?');
  await stage.until('it arrives', async () => (await alice.message(id)).state === 'delivered');
});

test('an expired invitation is said to be missing, and nothing of it is kept waiting unsaid', async () => {
  const stage = new LabStage('expired');
  const alice = await stage.person('alice');
  const link = await linkOf(stage, alice, 'bob');
  // Until both copies stand, the inviter goes on writing.
  await stage.pass(15_000);
  expireAll(stage);
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

test('the link of one network is refused in another, and the own link is refused', async () => {
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
