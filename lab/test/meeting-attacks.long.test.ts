/**
 * More of what somebody who has the link can do to an invitation (09-meeting.md 3), and what they
 * can learn. The attacker writes real boxes into the stores of both edges, or is a real client.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sayingOf } from '@tacet/api';
import { utf8 } from '@tacet/base';
import { edKeyPair, hash } from '@tacet/crypto';
import { type BoxId, markOf } from '@tacet/wire';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { delivered, linkOf, ready } from '../src/scenarios/steps.ts';
import { contactNamed, storeOf } from './address-steps.ts';
import { expireAll, fill, offerOf, secretOf, standing } from './link-holder.ts';

/** Erases a box of an invitation at every edge, as anybody with the link can; from the next day on. */
function erase(stage: LabStage, secret: Uint8Array, index: number): void {
  const id = edKeyPair(hash('invite-seed', secret, Uint8Array.of(index))).publicKey as BoxId;
  for (const node of stage.world.relays) {
    if (node.relay.role !== 'edge') continue;
    node.boxes.run({ kind: 'tombstone', mark: markOf(id), id, effectDay: 99_990 });
  }
}

test('a link holder cannot replace the inviter while box 0 stands: it is not overwritten, and what follows an erasure is refused', async () => {
  const stage = new LabStage('replace while it stands');
  const alice = await stage.person('alice');
  const link = await linkOf(stage, alice, 'bob');
  await stage.pass(15_000);
  const secret = secretOf(link);
  const [offer, keys] = await offerOf(stage, 'mallory');
  const true0 = standing(stage, secret, 0);
  fill(stage, secret, 0, offer);
  fill(stage, secret, 1, keys);
  assert.deepEqual(standing(stage, secret, 0), true0, 'who writes first stays');
  for (const index of [0, 1]) erase(stage, secret, index);
  assert.deepEqual(standing(stage, secret, 0), true0, 'until the day is over');
  for (const node of stage.world.relays) node.boxes.run({ kind: 'expire', today: 99_990 });
  // A store that forgets what was erased: the strongest case.
  fill(stage, secret, 0, offer);
  fill(stage, secret, 1, keys);
  assert.deepEqual(standing(stage, secret, 0), offer);
  const bob = await stage.person('bob');
  await bob.accept(link, 'alice');
  await stage.until('bob refuses', async () => (await bob.contacts())[0]?.state === 'ended');
  const [told] = await bob.contacts();
  assert.equal(told?.reason, 'invitation-replaced');
  assert.match(sayingOf('invitation-replaced') ?? '', /somebody else put it there/);
  assert.equal(told?.steps.delivered, null, 'nothing was answered');
  assert.deepEqual(await alice.contacts(), []);
});

test('who has the link, and reads all four boxes later, learns neither who answered nor what', async () => {
  const stage = new LabStage('later reader');
  const alice = await stage.person('alice');
  const [bob, carol] = [await stage.person('bobolink'), await stage.person('carol')];
  const links = [await linkOf(stage, alice, 'one'), await linkOf(stage, alice, 'two')] as const;
  const person = stage.personOf(bob);
  const text = 'these are secret words';
  person.client.acceptInvitation({ link: links[0], name: 'alice', text }, stage.world.now);
  stage.world.pumpPerson(person);
  await carol.accept(links[1], 'alice');
  await ready(stage, bob, 'alice');
  await ready(stage, carol, 'alice');
  await stage.pass(30_000);
  const boxes = (link: string): Uint8Array[] =>
    [2, 3].map((index) => standing(stage, secretOf(link), index) ?? assert.fail(`box ${index}`));
  const settings = storeOf(person).all("SELECT value FROM settings WHERE name LIKE '%key%'");
  const keys = settings.flatMap(({ value }) => (value instanceof Uint8Array ? [value] : []));
  assert.ok(keys.length >= 2, 'key-set hash and identity key are looked for');
  const traces = [utf8('bobolink'), utf8(text), ...keys];
  for (const [n, bytes] of boxes(links[0]).entries()) {
    const hex = bytes.toHex();
    for (const trace of traces) assert.ok(!hex.includes(trace.toHex()), `box ${n + 2}`);
  }
  // Of two answers, with words and without, nothing but what is sealed differs.
  const [withWords, without] = [boxes(links[0])[0], boxes(links[1])[0]];
  assert.equal(withWords?.length, without?.length);
  assert.equal(withWords?.[0], without?.[0]);
  assert.equal((await alice.messages('bobolink'))[0]?.text, text, 'the inviter reads them');
});

test('who kept the offer and writes it again after its end answers it in vain', async () => {
  const stage = new LabStage('kept offer');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const mallory = await stage.person('mallory');
  const link = await linkOf(stage, alice, 'bob');
  await stage.pass(15_000);
  const secret = secretOf(link);
  const kept = [0, 1].map((index) => standing(stage, secret, index) ?? assert.fail());
  await bob.accept(link, 'alice');
  await ready(stage, bob, 'alice');
  await ready(stage, alice, 'bob');
  expireAll(stage);
  for (const [index, plaintext] of kept.entries()) fill(stage, secret, index, plaintext);
  // The offer is genuine, so Mallory's own client takes it, and its answer finds an empty box.
  await mallory.accept(link, 'alice');
  await stage.until('mallory has answered', async () => {
    const contact = contactNamed(stage, mallory, 'alice');
    return contact?.steps.delivered !== null || contact?.state === 'ended';
  });
  await stage.pass(5 * 60_000);
  assert.equal(contactNamed(stage, mallory, 'alice')?.steps.accepted, null);
  const shown = (await alice.contacts()).map(({ name, state }) => [name, state]);
  assert.deepEqual(shown, [['bob', 'ready']]);
  const { id } = await alice.send('bob', 'still you?');
  await delivered(stage, alice, [id]);
});
