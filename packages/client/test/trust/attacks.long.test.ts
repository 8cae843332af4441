/**
 * Introductions and statements of new keys that are forged, repeated, or said by who was not asked:
 * said by real clients over real sessions (docs/attacks.md).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, randomBytes } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import type { ModelPerson } from '@tacet/testkit/model';
import type { KeyChange } from '../../src/trust/key-change.ts';
import { newKeys, say, sayCard, setting, statement } from './say.ts';
import { three, World } from './world.ts';

const rng = seededRng('attacks of trust');

const lines = (person: ModelPerson, contact: string): string[] =>
  person.machine
    .messages({ contactId: contact, limit: 50 })
    .filter(({ kind }) => kind === 'trust')
    .map(({ text }) => text);

const introductionOf = (person: ModelPerson) =>
  person.machine.introductions.list()[0] ?? assert.fail('no introduction');

const decide = (world: World, person: ModelPerson): void => {
  const { id } = introductionOf(person);
  world.ask(person, (client, now) => client.introductions.decide(id, true, now));
};

test('attack: steps of an introduction by who was not asked, or said again, move nothing', async () => {
  const [world, alice, bob, carol] = await three('not asked');
  const at = () => ({ rng, now: world.now });
  world.ask(alice, (client, now) => client.introductions.introduce('bob', 'carol', '', now));
  await world.run(3 * MINUTE);
  const row = alice.store.get('SELECT token FROM introductions');
  const token = row?.['token'] instanceof Uint8Array ? row['token'] : assert.fail('no token');
  const secret = randomBytes(rng, 32);
  // Carol was not asked yet, however she came by the token; nobody knows another token.
  sayCard(carol, 'alice', { kind: 'agree', token, secret }, at());
  sayCard(carol, 'alice', { kind: 'taken', token }, at());
  sayCard(carol, 'alice', { kind: 'decline', token }, at());
  sayCard(bob, 'alice', { kind: 'agree', token: randomBytes(rng, 16), secret }, at());
  await world.run(6 * MINUTE);
  assert.equal(introductionOf(alice).state, 'asked');
  assert.equal(carol.machine.introductions.list().length, 0, 'nothing was passed on to her');
  decide(world, bob);
  await world.run(6 * MINUTE);
  assert.equal(introductionOf(alice).state, 'passed');
  // Bob has said his word: another invitation, a no, or a yes in Carol's place come too late.
  sayCard(bob, 'alice', { kind: 'agree', token, secret }, at());
  sayCard(bob, 'alice', { kind: 'decline', token }, at());
  sayCard(bob, 'alice', { kind: 'taken', token }, at());
  await world.run(6 * MINUTE);
  assert.equal(introductionOf(alice).state, 'passed');
  decide(world, carol);
  await world.run(12 * MINUTE);
  assert.equal(carol.machine.contact('bob').trust, 'introduced');
  // Alice passes the same on once more, with other keys: it is the same introduction, and over.
  const again = { kind: 'pass', token, secret, name: 'bob', note: '' } as const;
  sayCard(alice, 'carol', { ...again, keySetHash: randomBytes(rng, 32) }, at());
  sayCard(carol, 'alice', { kind: 'decline', token }, at());
  await world.run(6 * MINUTE);
  assert.deepEqual(
    [introductionOf(alice).state, introductionOf(carol).state, introductionOf(bob).state],
    ['taken', 'met', 'met'],
  );
  assert.equal(carol.machine.introductions.list().length, 1);
  assert.deepEqual([bob.machine.contacts().length, carol.machine.contacts().length], [2, 2]);
});

test('attack: an introducer who names false keys is named beside the mark, and a scan shows the lie', async () => {
  const world = new World('liar');
  const [alice, bob, carol, puppet] = await world.join('alice', 'bob', 'carol', 'carol ');
  assert.ok(alice && bob && carol && puppet);
  await world.meet(alice, bob);
  // A daemon of Alice's own goes by Carol's name.
  alice.act((client, now) => client.createInvitation({ label: 'puppet' }, now));
  await world.run(3 * MINUTE);
  const link = alice.machine.invitations()[0]?.link ?? assert.fail('no link');
  puppet.act((client, now) => client.acceptInvitation({ link }, now));
  await world.run(8 * MINUTE);
  world.ask(alice, (client, now) => client.introductions.introduce('carol', 'bob', '', now));
  await world.run(3 * MINUTE);
  decide(world, puppet);
  await world.run(6 * MINUTE);
  decide(world, bob);
  await world.run(12 * MINUTE);
  const shown = bob.machine.contact('carol');
  assert.deepEqual(
    [shown.state, shown.trust, shown.introducedBy],
    ['ready', 'introduced', 'alice'],
    'nothing shows the lie but whose word it is',
  );
  assert.match(lines(bob, 'carol')[0] ?? '', /^alice introduced you .* Not verified\.$/);
  // Face to face the real Carol shows her code.
  const { id } = world.ask(carol, (client, now) => client.inPerson.code({}, now));
  await world.run(2 * MINUTE);
  const code = carol.machine.inPerson.codeView(id, world.now).text ?? assert.fail('no code');
  assert.throws(
    () => world.ask(bob, (client, now) => client.inPerson.scan(code, { contact: 'carol' }, now)),
    { code: 'meet-other-person' },
  );
  // Numbers compared on the telephone: Bob says that they differ.
  world.ask(bob, (client, now) => client.safety.compared('carol', 'different', now));
  const after = bob.machine.contact('carol');
  assert.deepEqual([after.trust, after.trustWarning], ['unverified', 'number-differs']);
});

test('attack: statements of new keys that are forged, borrowed or said again change nothing, and are shown once', async () => {
  const [world, alice, bob, carol] = await three('statements');
  const keysOf = (contact: string): unknown =>
    alice.store.get(
      'SELECT identity_key, key_set_hash, ed25519, key_number FROM contacts WHERE name = ?',
      contact,
    );
  const own = (person: ModelPerson) =>
    [setting(person, 'signing-seed'), setting(person, 'key-set-hash')] as const;
  const [seed, before] = own(bob);
  const before1 = keysOf('bob');
  world.ask(alice, (client, now) => client.safety.compared('bob', 'same', now));
  const next = newKeys(rng);
  const attacks: readonly KeyChange[] = [
    // By whom does not have the old keys, and half of it.
    statement(randomBytes(rng, 64), before, next, 1),
    { ...statement(seed, before, next, 1), mlSignature: randomBytes(rng, 3_309) },
    // Carol's own true word, said by Bob.
    statement(...own(carol), newKeys(rng), 1),
  ];
  for (const keyChange of attacks) say(bob, 'alice', { keyChange });
  await world.run(8 * MINUTE);
  assert.deepEqual(keysOf('bob'), before1);
  const shown = alice.machine.contact('bob');
  assert.deepEqual([shown.trust, shown.trustWarning], ['verified', 'key-refused']);
  assert.equal(lines(alice, 'bob').filter((one) => /were refused/.test(one)).length, 1);
  assert.equal(alice.machine.alarms().find(({ code }) => code === 'key-refused')?.count, 3);
  // His true word is taken after all; said again, and an older one of another step, are not.
  const genuine = statement(seed, before, next, 2);
  say(bob, 'alice', { keyChange: genuine });
  await world.run(6 * MINUTE);
  assert.equal(alice.machine.contact('bob').trustWarning, 'key-changed');
  const taken = keysOf('bob');
  say(bob, 'alice', { keyChange: genuine });
  say(bob, 'alice', { keyChange: statement(seed, before, newKeys(rng), 1) });
  // The old keys speak no more, whoever has them now.
  say(bob, 'alice', { keyChange: statement(seed, before, newKeys(rng), 3) });
  await world.run(8 * MINUTE);
  assert.deepEqual(keysOf('bob'), taken);
  assert.equal(alice.machine.contact('bob').trust, 'unverified');
  // Nothing of it held up a text.
  const texts = alice.machine.messages({ contactId: 'bob', limit: 50 });
  assert.equal(texts.filter(({ text }) => text === 'hm').length, 7);
});
