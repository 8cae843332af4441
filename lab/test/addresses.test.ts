/** Reusable addresses in simulated time (docs/spec/16-addresses.md). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { delivered, exactly, ready } from '../src/scenarios/steps.ts';
import {
  acceptRequest,
  addressOf,
  contactNamed,
  oneRequest,
  request,
  requestsOf,
} from './address-steps.ts';

test('a request reaches the owner, is accepted, and two people write', async () => {
  const stage = new LabStage('address');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  const { link } = addressOf(stage, alice);
  request(stage, bob, link, 'we met at the market');
  const asked = await oneRequest(stage, alice);
  assert.equal(asked.name, 'bob');
  assert.equal(asked.text, 'we met at the market');
  acceptRequest(stage, alice, asked.id);
  await ready(stage, alice, 'bob');
  await ready(stage, bob, 'alice');
  const a = await alice.send('bob', 'yes, I remember');
  const b = await bob.send('alice', 'good');
  await delivered(stage, alice, [a.id]);
  await delivered(stage, bob, [b.id]);
  await exactly(alice, 'bob', ['we met at the market', 'good']);
  assert.equal(contactNamed(stage, alice, 'bob')?.trust, 'unverified');
  assert.equal(contactNamed(stage, bob, 'alice')?.trust, 'link');
  assert.equal(requestsOf(stage, alice).length, 0);
  assert.equal((await bob.messages('alice'))[0]?.state, 'delivered');
});
