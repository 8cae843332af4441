/** "Why is it late?": one answer of facts, each with a stable code (docs/spec/13-client-view.md 6). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import { delivered } from '../src/scenarios/steps.ts';
import { slowPair } from './slow-pair.ts';

test('rule 3.5: what holds a message up is told by facts, and the last of them goes away', async () => {
  const { stage, alice, bob, person } = await slowPair('why');
  const { world } = stage;
  const why = (id: string) => person.client.why.explain(id, world.now);
  const codes = (id: string) => why(id).facts.map(({ code }) => code);
  const { id } = await alice.send('bob', 'why?');
  assert.ok(codes(id).includes('ratchet') || codes(id).includes('slot'), String(codes(id)));
  person.online = false;
  world.hangUp(person);
  await stage.pass(MINUTE);
  assert.equal(codes(id)[0], 'link-down');
  await bob.kill();
  person.online = true;
  await stage.until('it is stored', async () => (await alice.message(id)).copies > 0);
  assert.ok(codes(id).includes('not-fetched'));
  await stage.until('two copies', async () => (await alice.message(id)).copies > 1);
  assert.ok(!codes(id).includes('one-copy'));
  person.skew = -2 * 24 * HOUR;
  await stage.pass(MINUTE);
  assert.ok(codes(id).includes('clock'), String(codes(id)));
  person.skew = 0;
  for (const relay of world.relays) if (relay.relay.role === 'edge') world.stop(relay);
  const second = await alice.send('bob', 'and this?');
  await stage.pass(MINUTE);
  assert.ok(codes(second.id).includes('slot') || codes(second.id).includes('tries'));
  for (const relay of world.relays) if (relay.relay.role === 'edge') world.start(relay);
  await bob.restart();
  await delivered(stage, alice, [id, second.id]);
  assert.deepEqual(codes(id), ['delivered']);
  for (const { sentence } of why(id).facts) assert.match(sentence, /^[A-Z0-9].*\.$/);
});
