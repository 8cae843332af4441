/**
 * What somebody who has the card of an address, or a request, can do (docs/spec/16-addresses.md).
 * The attacker writes real boxes into the stores of all edges.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, isAppError, MINUTE, randomBytes } from '@tacet/base';
import { kemKeyPair } from '@tacet/crypto';
import { ready } from '../src/scenarios/steps.ts';
import {
  acceptRequest,
  addressOf,
  announcePlaces,
  cardOf,
  contactNamed,
  expireBoxes,
  fillPlace,
  oneRequest,
  ownAddress,
  placesFilled,
  readPlace,
  request,
  requestsOf,
  sealedFor,
  storeOf,
  today,
  withCard,
} from './address-steps.ts';
import { slowStage } from './slow.ts';

test('forged requests: nonsense, another key, broken forms and names are not shown, or shown safely', async () => {
  const stage = slowStage('forged requests');
  const alice = await stage.person('alice');
  const { link } = addressOf(stage, alice);
  await stage.pass(MINUTE);
  const day = today(stage);
  const other = kemKeyPair(randomBytes(stage.world.rng, 32)).publicKey;
  const good = { name: 'M‮allory\u0007\n', text: 'a\u0000b‮c' };
  const forged: Readonly<Record<number, Uint8Array>> = {
    1: new Uint8Array(2_264).fill(20),
    2: randomBytes(stage.world.rng, 2_264),
    3: sealedFor(stage, link, { day, number: 3 }, { kem: other }),
    4: sealedFor(stage, link, { day, number: 5 }, {}),
    6: sealedFor(stage, link, { day, number: 6 }, { endsDay: day }),
    7: sealedFor(stage, link, { day, number: 7 }, good),
  };
  for (const [number, bytes] of Object.entries(forged)) {
    fillPlace(stage, link, { day, number: Number(number) }, bytes);
  }
  announcePlaces(stage, alice, link, day, Object.keys(forged).map(Number));
  const shown = await oneRequest(stage, alice);
  await stage.until('all were read', async () => ownAddress(stage, alice).day.boxes === 6);
  assert.equal(requestsOf(stage, alice).length, 1);
  assert.equal(ownAddress(stage, alice).day.unreadable, 4);
  assert.equal(shown.name, 'Mallory');
  assert.equal(shown.text, good.text);
  // Behind it stands no invitation: the meeting waits, and says so; nothing else is held up.
  acceptRequest(stage, alice, shown.id);
  await stage.until(
    'it is said',
    async () => contactNamed(stage, alice, 'Mallory')?.reason === 'invitation-missing',
    HOUR,
  );
});

test('a request copied into other boxes, and into its own once more, is shown once', async () => {
  const stage = slowStage('replayed request');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const { link } = addressOf(stage, alice);
  request(stage, bob, link);
  const asked = await oneRequest(stage, alice);
  const day = today(stage);
  const [number] = placesFilled(stage, link, day);
  assert.ok(number !== undefined);
  const bytes = readPlace(stage, link, { day, number });
  assert.ok(bytes !== null);
  const person = stage.personOf(alice);
  person.client.addresses.deleteRequest(asked.id, stage.world.now);
  const others = [1, 2, 3].map((n) => (number + n) % 256);
  for (const n of others) fillPlace(stage, link, { day, number: n }, bytes);
  // Its own box is free again: it has expired everywhere.
  expireBoxes(stage);
  for (const n of [number, ...others]) fillPlace(stage, link, { day, number: n }, bytes);
  announcePlaces(stage, alice, link, day, [number, ...others]);
  await stage.until('copies were read', async () => ownAddress(stage, alice).day.boxes === 4);
  await stage.pass(5 * MINUTE);
  assert.equal(ownAddress(stage, alice).day.boxes, 4, 'its own box is not looked at again');
  assert.deepEqual(requestsOf(stage, alice), []);
});

test('a replaced card: requests do not reach the owner, and who answers is shown as somebody else', async () => {
  const stage = slowStage('replaced card');
  const alice = await stage.person('alice');
  const mallory = await stage.person('mallory');
  const bob = await stage.person('bob');
  const real = addressOf(stage, alice);
  const forged = addressOf(stage, mallory);
  // Alice's name, key set and identity key, with an X-Wing key of Mallory's.
  const mixed = withCard(stage, mallory, { ...cardOf(real.link), kem: cardOf(forged.link).kem });
  const { client } = stage.personOf(bob);
  assert.notEqual(client.addresses.look(mixed).words, real.words);
  assert.equal(client.addresses.look(mixed).person, client.addresses.look(real.link).person);
  await stage.pass(MINUTE);
  request(stage, bob, mixed);
  const asked = await oneRequest(stage, mallory);
  assert.deepEqual(requestsOf(stage, alice), []);
  acceptRequest(stage, mallory, asked.id);
  await ready(stage, bob, 'alice');
  const known = contactNamed(stage, bob, 'alice');
  assert.deepEqual([known?.trust, known?.trustWarning], ['unverified', 'other-identity']);
  const line = (await bob.messages('alice')).find(({ kind }) => kind === 'trust');
  assert.match(line?.text ?? '', /other keys than the address names/);
  assert.ok(stage.personOf(bob).alarms.includes('address-other-identity'));
});

test('a blocked person asks again in vain, also under another key set', async () => {
  const stage = slowStage('blocked request');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const { link } = addressOf(stage, alice);
  request(stage, bob, link);
  const first = await oneRequest(stage, alice);
  const person = stage.personOf(alice);
  person.client.addresses.blockRequest(first.id, stage.world.now);
  assert.deepEqual(requestsOf(stage, alice), []);
  assert.throws(
    () => person.client.addresses.blockRequest(first.id, stage.world.now),
    (error) => isAppError(error, 'request-decided'),
  );
  // A second request of the same key set, with an invitation of its own.
  const guest = stage.personOf(bob);
  guest.client.dismissMeeting('alice', stage.world.now);
  request(stage, bob, link, 'me again');
  await stage.until('it was read', async () => ownAddress(stage, alice).day.boxes === 2, HOUR);
  assert.deepEqual(requestsOf(stage, alice), []);
  // The same, with a key set of their own making beside Bob's true invitation.
  const secret = storeOf(guest).get("SELECT secret FROM invitations WHERE state = 'ready'");
  assert.ok(secret?.['secret'] instanceof Uint8Array);
  const place = { day: today(stage), number: 200 };
  const lie = { invitation: secret['secret'], name: 'somebody new' };
  fillPlace(stage, link, place, sealedFor(stage, link, place, lie));
  announcePlaces(stage, alice, link, place.day, [place.number]);
  const lying = await oneRequest(stage, alice);
  assert.equal(lying.name, 'somebody new');
  acceptRequest(stage, alice, lying.id);
  await stage.until(
    'it is refused',
    async () => contactNamed(stage, alice, 'somebody new')?.reason === 'request-replaced',
    HOUR,
  );
  assert.equal(contactNamed(stage, bob, 'alice')?.steps.accepted, null);
});

test('a request survives kill -9 of both daemons after each thing they save', async () => {
  const stage = slowStage('kill at each save');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  let kills = 0;
  for (const actor of [alice, bob]) {
    const person = stage.personOf(actor);
    const hear = person.onEvent.bind(person);
    person.onEvent = (event) => {
      hear(event);
      if (kills >= 60 || event.kind === 'network' || !person.up) return;
      kills += 1;
      // Once the machine has let go of the effects of what it saved.
      stage.world.time.after(0, () => {
        person.kill();
        stage.world.hangUp(person);
      });
      stage.world.time.after(1_000, () => {
        if (person.up) return;
        person.restart();
        stage.world.pumpPerson(person);
      });
    };
  }
  const { link } = addressOf(stage, alice);
  await stage.pass(2 * MINUTE);
  request(stage, bob, link, 'hello');
  const asked = await oneRequest(stage, alice, 1, 2 * HOUR);
  await stage.pass(2 * MINUTE);
  acceptRequest(stage, alice, asked.id);
  await stage.until(
    'both are ready',
    async () =>
      contactNamed(stage, alice, 'bob')?.state === 'ready' &&
      contactNamed(stage, bob, 'alice')?.state === 'ready',
    4 * HOUR,
  );
  assert.ok(kills >= 8, `${kills} kills`);
  assert.equal((await alice.contacts()).length, 1);
  assert.equal((await bob.contacts()).length, 1);
  const texts = (await alice.messages('bob')).map(({ text }) => text);
  assert.deepEqual(texts, ['hello']);
});
