/** The same over hours and days (docs/spec/16-addresses.md): floods, full lists, absence, midnight. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sayingOf } from '@tacet/api';
import { DAY, HOUR, MINUTE } from '@tacet/base';
import type { StoreCommand } from '@tacet/relay';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { delivered, linkOf, meet, ready } from '../src/scenarios/steps.ts';
import {
  acceptRequest,
  addressOf,
  announceEnd,
  announcePlaces,
  contactNamed,
  fillEnd,
  fillPlace,
  markAt,
  oneRequest,
  ownAddress,
  placesFilled,
  request,
  requestsOf,
  sealedFor,
  storeOf,
  today,
} from './address-steps.ts';
import { secretOf } from './link-holder.ts';
import { slowStage } from './slow.ts';

/** Few frames, for days of simulated time. */
const SHORT = {
  parameters: {
    slotMs: 60_000,
    inUseSlotMs: 60_000,
    delayMeanMs: 1_000,
    digestMs: 60_000,
    secondCopyMinMs: 5_000,
    secondCopyMaxMs: 60_000,
  },
};

test('the owner of an address erases nothing that was sent to it', async () => {
  const stage = slowStage('erases nothing');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const { link } = addressOf(stage, alice);
  const erased: Uint8Array[] = [];
  for (const node of stage.world.relays) {
    const run = node.boxes.run.bind(node.boxes);
    node.boxes.run = (command: StoreCommand) => {
      if (command.kind === 'tombstone') erased.push(command.mark);
      return run(command);
    };
  }
  request(stage, bob, link);
  const asked = await oneRequest(stage, alice);
  acceptRequest(stage, alice, asked.id);
  await ready(stage, bob, 'alice');
  await stage.pass(90 * MINUTE);
  assert.ok(erased.length > 0, 'boxes of the meeting are');
  const hexOf = (mark: Uint8Array): string => mark.toHex();
  const places = placesFilled(stage, link, today(stage));
  assert.ok(places.length > 0);
  const marks = new Set(erased.map(hexOf));
  for (const number of places) {
    assert.ok(!marks.has(hexOf(markAt(link, today(stage), number))), `place ${number}`);
  }
});

test('a flood fills the day: others are told, the owner is told, messages come as before, another address mends it', async () => {
  const stage = new LabStage('flood');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const carol = await stage.person('carol');
  await meet(stage, alice, carol);
  const { link, id } = addressOf(stage, alice);
  await stage.pass(5_000);
  const day = today(stage);
  const all = Array.from({ length: 256 }, (_, number) => number);
  for (const number of all) fillPlace(stage, link, { day, number }, new Uint8Array(2_264));
  for (let n = 0; n < 256; n += 64) announcePlaces(stage, alice, link, day, all.slice(n, n + 64));
  const contact = request(stage, bob, link);
  const { id: text } = await carol.send('alice', 'beside the flood');
  const before = stage.world.now;
  await delivered(stage, carol, [text]);
  assert.ok(stage.world.now - before < MINUTE, `${stage.world.now - before} ms`);
  await stage.until(
    'bob is told',
    async () => contactNamed(stage, bob, 'alice')?.reason === 'address-full',
    HOUR,
  );
  await stage.until('alice is told', async () =>
    stage.personOf(alice).alarms.includes('address-flooded'),
  );
  const person = stage.personOf(alice);
  const fresh = person.client.addresses.rotate({ id, days: 0 }, stage.world.now);
  stage.world.pumpPerson(person);
  const guest = stage.personOf(bob);
  await stage.until('bob is told of the end', async () =>
    (await bob.contacts()).some((one) => one.reason === 'address-revoked'),
  );
  guest.client.dismissMeeting(contact.id, stage.world.now);
  assert.ok(fresh.link !== null);
  request(stage, bob, fresh.link);
  await oneRequest(stage, alice);
});

test('a full list turns requests away, drops none that waits, and says so once', async () => {
  const stage = slowStage('full list');
  const alice = await stage.person('alice');
  const { link } = addressOf(stage, alice);
  await stage.pass(MINUTE);
  const day = today(stage);
  const numbers = Array.from({ length: 70 }, (_, number) => number);
  for (const number of numbers) {
    const bytes = sealedFor(stage, link, { day, number }, { name: `n${number}` });
    fillPlace(stage, link, { day, number }, bytes);
  }
  announcePlaces(stage, alice, link, day, numbers.slice(0, 64));
  announcePlaces(stage, alice, link, day, numbers.slice(64), 1);
  await stage.until(
    'all were read',
    async () => ownAddress(stage, alice).day.boxes === 70,
    2 * HOUR,
  );
  assert.equal(requestsOf(stage, alice).length, 64);
  assert.equal(ownAddress(stage, alice).day.turnedAway, 6);
  const said = stage.personOf(alice).alarms.filter((alarm) => alarm === 'requests-full');
  assert.equal(said.length, 1);
});

test('a request sent while its owner is away for four days is found after the return', async () => {
  const stage = slowStage('owner away', SHORT, 2 * DAY);
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const { link } = addressOf(stage, alice);
  await stage.pass(10 * MINUTE);
  await alice.kill();
  request(stage, bob, link, 'are you there?');
  await stage.pass(4 * DAY);
  assert.notEqual(contactNamed(stage, bob, 'alice')?.steps.delivered, null);
  await alice.restart();
  const asked = await oneRequest(stage, alice, 1, 3 * DAY);
  assert.equal(asked.text, 'are you there?');
  // Copies go on coming until it is decided, and are known.
  await stage.pass(2 * DAY);
  assert.equal(requestsOf(stage, alice).length, 1);
  acceptRequest(stage, alice, asked.id);
  await ready(stage, alice, 'bob');
});

test('a request nobody answers ends with its last day at both ends, and days come and go', async () => {
  const stage = slowStage(
    'unanswered',
    { parameters: { ...SHORT.parameters, boxLifeDays: 2 } },
    DAY,
  );
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const { link } = addressOf(stage, alice);
  // Over midnight, with a clock that is ahead as far as packets still leave.
  const midnight = (today(stage) + 1) * DAY;
  await stage.world.run(midnight - 30_000);
  stage.personOf(bob).skew = 50_000;
  request(stage, bob, link);
  await oneRequest(stage, alice, 1, HOUR);
  await stage.until(
    'bob is told',
    async () => contactNamed(stage, bob, 'alice')?.reason === 'request-unanswered',
    4 * DAY,
  );
  await stage.until('the list is empty', async () => requestsOf(stage, alice).length === 0, DAY);
});

test('an acceptance that meets a withdrawal, or the end of its address, has one outcome', async () => {
  const stage = slowStage('accept and revoke');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const carol = await stage.person('carol');
  const { link, id } = addressOf(stage, alice);
  const asked = request(stage, bob, link, 'from bob');
  await oneRequest(stage, alice);
  request(stage, carol, link, 'from carol');
  await oneRequest(stage, alice, 2);
  const [fromBob, fromCarol] = requestsOf(stage, alice);
  assert.ok(fromBob !== undefined && fromCarol !== undefined);
  // Bob gives up in the moment in which Alice accepts; Alice ends the address in the same moment.
  stage.personOf(bob).client.dismissMeeting(asked.id, stage.world.now);
  stage.world.pumpPerson(stage.personOf(bob));
  acceptRequest(stage, alice, fromBob.id);
  acceptRequest(stage, alice, fromCarol.id);
  stage.personOf(alice).client.addresses.revoke(id, stage.world.now);
  stage.world.pumpPerson(stage.personOf(alice));
  await ready(stage, alice, 'carol');
  await ready(stage, carol, 'alice');
  await stage.until(
    'alice is told about bob',
    async () => contactNamed(stage, alice, 'bob')?.reason === 'invitation-revoked',
    2 * HOUR,
  );
  assert.deepEqual(await bob.contacts(), []);
  assert.equal(stage.personOf(alice).client.addresses.show(id).link, null);
});

test('only the owner ends an address: a false word in the end box changes nothing', async () => {
  const stage = slowStage('false end');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const { link } = addressOf(stage, alice);
  request(stage, bob, link);
  await oneRequest(stage, alice);
  fillEnd(stage, link);
  announceEnd(stage, bob, link);
  await stage.until('bob has read it', async () =>
    stage.personOf(bob).alarms.includes('address-disturbed'),
  );
  assert.equal(contactNamed(stage, bob, 'alice')?.state, 'meeting');
  assert.equal(contactNamed(stage, bob, 'alice')?.reason, null);
});

test('a request in the name of somebody else is refused when it is accepted, and shown for what it is', async () => {
  const stage = slowStage('borrowed name');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const mallory = await stage.person('mallory');
  const { link } = addressOf(stage, alice);
  const bait = secretOf(await linkOf(stage, mallory, 'alice'));
  await stage.pass(MINUTE);
  // Bob's name and the words of Bob's key set, before an invitation of Mallory's.
  const keySetHash = storeOf(stage.personOf(bob)).get(
    "SELECT value FROM settings WHERE name = 'key-set-hash'",
  )?.['value'];
  assert.ok(keySetHash instanceof Uint8Array);
  const place = { day: today(stage), number: 9 };
  const lie = { invitation: bait, keySetHash, name: 'bob', text: 'it is me' };
  fillPlace(stage, link, place, sealedFor(stage, link, place, lie));
  announcePlaces(stage, alice, link, place.day, [place.number]);
  const asked = await oneRequest(stage, alice);
  assert.equal(asked.claims, stage.personOf(bob).client.status(stage.world.now).address);
  acceptRequest(stage, alice, asked.id);
  await stage.until(
    'it is refused',
    async () => contactNamed(stage, alice, 'bob')?.reason === 'request-replaced',
    HOUR,
  );
  assert.match(sayingOf('request-replaced') ?? '', /not of the person it names/);
  const shown = contactNamed(stage, alice, 'bob');
  assert.deepEqual([shown?.state, shown?.steps.delivered], ['ended', null]);
  // Nothing was answered: Mallory knows no more than before.
  await stage.pass(10 * MINUTE);
  assert.deepEqual(await mallory.contacts(), []);
  assert.equal((await mallory.invitations())[0]?.state, 'ready');
});

test('an address that has ended leads to nobody, and who is given it later is told', async () => {
  const stage = slowStage('old address');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const old = addressOf(stage, alice);
  await stage.pass(5 * MINUTE);
  const person = stage.personOf(alice);
  const fresh = person.client.addresses.rotate({ id: old.id, days: 0 }, stage.world.now);
  stage.world.pumpPerson(person);
  assert.notEqual(fresh.link, old.link);
  // Every digest that named the end box has come before Bob asks.
  await stage.pass(10 * MINUTE);
  request(stage, bob, old.link);
  await stage.pass(10 * MINUTE);
  assert.equal(contactNamed(stage, bob, 'alice')?.reason, null);
  // Nobody answers: what is due within 28 hours is due now.
  storeOf(stage.personOf(bob)).run('UPDATE sent_requests SET next_at = ?', stage.world.now);
  await bob.kill();
  await bob.restart();
  await stage.until(
    'bob is told',
    async () => contactNamed(stage, bob, 'alice')?.reason === 'address-revoked',
    HOUR,
  );
  assert.match(sayingOf('address-revoked') ?? '', /owner has ended the address/);
  assert.deepEqual(requestsOf(stage, alice), []);
});
