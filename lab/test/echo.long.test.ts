/** Echo's address in the network document (docs/spec/15-trust.md, 9), as everybody on the network has it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError, MINUTE, utf8 } from '@tacet/base';
import { ready } from '../src/scenarios/steps.ts';
import { acceptRequest, addressOf, contactNamed, oneRequest } from './address-steps.ts';
import { SLOW, slowStage } from './slow.ts';

test('Echo is met by who has the card alone, once the document names it, and before what stands behind a card', async () => {
  const epoch = { epochMs: 20 * MINUTE, graceMs: MINUTE };
  const stage = slowStage('echo in the document', { parameters: { ...SLOW.parameters, ...epoch } });
  const echo = await stage.person('echo');
  const mallory = await stage.person('mallory');
  const alice = await stage.person('alice');
  const { link } = addressOf(stage, echo);
  const other = addressOf(stage, mallory).link;
  const person = stage.personOf(alice);
  const { world } = stage;
  assert.throws(
    () => person.client.meetEcho(world.now),
    (error) => isAppError(error, 'echo-missing'),
  );
  // Somebody gave Alice the card with an address of their own behind it.
  person.client.joinNetwork(`${world.network.cardText}\n${other}`, world.now);
  world.told = { echo: utf8(`${link}\n`) };
  await stage.pass(22 * MINUTE);
  const asked = person.client.meetEcho(world.now);
  world.pumpPerson(person);
  const { id, name } = await oneRequest(stage, echo);
  assert.equal(name, 'someone', 'it is told no name');
  acceptRequest(stage, echo, id);
  await ready(stage, alice, 'Echo');
  assert.equal(contactNamed(stage, alice, 'Echo')?.id, asked.id);
  assert.deepEqual(stage.personOf(mallory).client.addresses.requests(), []);
});
