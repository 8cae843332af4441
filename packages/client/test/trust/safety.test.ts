import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import { World } from './world.ts';

test('safety numbers: the same at both ends, and what people say of them is kept with its time', async () => {
  const world = new World('safety');
  const [alice, bob, carol] = await world.join('alice', 'bob', 'carol');
  assert.ok(alice && bob && carol);
  await world.meet(alice, bob);
  await world.meet(alice, carol);
  const numbers = [
    world.ask(alice, (client, now) => client.safety.number('bob', now)),
    world.ask(bob, (client, now) => client.safety.number('alice', now)),
    world.ask(alice, (client, now) => client.safety.number('carol', now)),
  ];
  await world.run(MINUTE);
  const [ours, theirs, other] = await Promise.all(numbers);
  assert.match(ours?.digits ?? '', /^\d{60}$/);
  assert.equal(ours?.digits, theirs?.digits);
  assert.notEqual(ours?.digits, other?.digits);

  world.ask(alice, (client, now) => client.safety.compared('bob', 'same', now));
  assert.equal(alice.machine.contact('bob').trust, 'verified');
  // Said here, it says nothing about the other end.
  assert.equal(bob.machine.contact('alice').trust, 'link');
  world.ask(alice, (client, now) => client.safety.compared('bob', 'taken-back', now));
  assert.equal(alice.machine.contact('bob').trust, 'link');
  world.ask(alice, (client, now) => client.safety.compared('bob', 'different', now));
  const bobs = alice.machine.contact('bob');
  assert.deepEqual([bobs.trust, bobs.trustWarning], ['unverified', 'number-differs']);
  const facts = alice.machine.safety.facts('bob');
  const words = facts.map(({ what, level }) => `${what} ${level}`);
  assert.deepEqual(words, [
    'met-by-link link',
    'number-same verified',
    'withdrawn link',
    'number-differs unverified',
  ]);
  assert.equal(facts.at(-1)?.at, Math.floor(world.now));
  // A restart changes nothing of it.
  alice.stop();
  alice.start();
  assert.equal(alice.machine.contact('bob').trustWarning, 'number-differs');
  world.ask(alice, (client, now) => client.safety.compared('bob', 'same', now));
  assert.equal(alice.machine.contact('bob').trustWarning, null);
});

test('a contact is not verified before its whole key set has come', async () => {
  const world = new World('early');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  alice.act((client, now) => client.createInvitation({ label: 'bob' }, now));
  await world.run(3 * MINUTE);
  const link = alice.machine.invitations()[0]?.link ?? '';
  bob.act((client, now) => client.acceptInvitation({ link, name: 'alice' }, now));
  assert.throws(() => bob.machine.safety.compared('alice', 'same', world.now), {
    code: 'verification-early',
  });
  assert.equal(bob.machine.contact('alice').trust, 'link');
});
