/** Contacts whose keys change: with the old keys' word, without it, and with a forged one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, randomBytes } from '@tacet/base';
import { hybridKeyPair } from '@tacet/crypto';
import { createFakeSession, seededRng } from '@tacet/testkit';
import type { ModelPerson } from '@tacet/testkit/model';
import { encodeEnvelope } from '../../src/content/envelope.ts';
import { sessionRecords } from '../../src/sessions/jobs.ts';
import {
  acceptsChange,
  type KeyChange,
  type KnownKeys,
  keyChangeFrom,
  keyChangeList,
} from '../../src/trust/key-change.ts';
import { newKeys, say, setting, statement } from './say.ts';
import { World } from './world.ts';

const rng = seededRng('key change');

/** Says it in the stream, as a daemon that changes its keys would. */
const tell = (person: ModelPerson, change: KeyChange): void =>
  say(person, 'alice', { keyChange: change });

test('new keys, confirmed by the old ones: same contact, unverified, a line, and it goes on', async () => {
  const world = new World('new keys');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  await world.meet(alice, bob);
  await world.run(5 * MINUTE);
  world.ask(alice, (client, now) => client.safety.compared('bob', 'same', now));
  const [before, seed] = [setting(bob, 'key-set-hash'), setting(bob, 'signing-seed')];
  const change = statement(seed, before, newKeys(rng), 1);
  tell(bob, change);
  await world.run(6 * MINUTE);
  const contact = alice.machine.contact('bob');
  assert.deepEqual([contact.trust, contact.trustWarning], ['unverified', 'key-changed']);
  const lines = alice.machine.messages({ contactId: 'bob', limit: 9 });
  const line = lines.find(({ kind }) => kind === 'trust');
  assert.match(line?.text ?? '', /keys changed/);
  assert.equal(alice.machine.contacts().length, 1);
  // The session is of before: nothing says that it belongs to the new keys.
  const early = { code: 'session-of-before' };
  const asks = [
    () => world.ask(alice, (client, now) => client.safety.number('bob', now)),
    () => world.ask(alice, (client, now) => client.safety.compared('bob', 'same', now)),
    () => world.ask(alice, (client, now) => client.codes.start('bob', now)),
  ];
  for (const ask of asks) assert.throws(ask, early);

  // Said again, it is refused, and is no second line.
  tell(bob, change);
  await world.run(6 * MINUTE);
  const again = alice.machine.contact('bob');
  assert.deepEqual([again.trust, again.trustWarning], ['unverified', 'key-changed']);
  assert.equal(alice.machine.alarms().find(({ code }) => code === 'key-refused')?.count, 1);
  tell(bob, change);
  await world.run(6 * MINUTE);
  const trustLines = alice.machine
    .messages({ contactId: 'bob', limit: 20 })
    .filter(({ kind }) => kind === 'trust');
  assert.equal(trustLines.length, 1);
  assert.equal(alice.machine.messages({ contactId: 'bob', limit: 1 })[0]?.text, 'hm');
});

test('attack: keys that change while a short code is compared are not verified by it', async () => {
  const world = new World('new keys in a code');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  await world.meet(alice, bob);
  await world.run(5 * MINUTE);
  world.ask(bob, (client, now) => client.codes.start('alice', now));
  await world.run(6 * MINUTE);
  assert.equal(alice.machine.codes.get('bob', world.now).state, 'compare');
  const [before, seed] = [setting(bob, 'key-set-hash'), setting(bob, 'signing-seed')];
  tell(bob, statement(seed, before, newKeys(rng), 1));
  await world.run(6 * MINUTE);
  assert.equal(alice.machine.contact('bob').trustWarning, 'key-changed');
  // The code speaks for the keys of before.
  const same = () => world.ask(alice, (client, now) => client.codes.say('bob', 'same', now));
  assert.throws(same, { code: 'session-of-before' });
  const { trust, trustWarning } = alice.machine.contact('bob');
  assert.deepEqual([trust, trustWarning], ['unverified', 'key-changed']);
});

test('attack: statements that the old keys did not sign, both halves, for this step, are refused', () => {
  const seeds = [randomBytes(rng, 64), randomBytes(rng, 64)] as const;
  const old = hybridKeyPair(seeds[0]).publicKey;
  const before = randomBytes(rng, 32);
  const known: KnownKeys = { ...old, keySetHash: before, number: 4 };
  const keys = newKeys(rng);
  const good = statement(seeds[0], before, keys, 5);
  assert.ok(acceptsChange(known, good) !== null, 'control: the honest one is accepted');
  const forged = statement(seeds[1], before, keys, 5);
  const attacks: readonly (readonly [string, KeyChange])[] = [
    ['signed by others', forged],
    ['classical half forged', { ...good, edSignature: forged.edSignature }],
    ['post-quantum half forged', { ...good, mlSignature: forged.mlSignature }],
    ['replayed number', statement(seeds[0], before, keys, 4)],
    ['another number than signed', { ...good, number: 6 }],
    ['from another key set', statement(seeds[0], randomBytes(rng, 32), keys, 5)],
    ['other new identity key', { ...good, identityKey: newKeys(rng).identityKey }],
    ['other new signing keys', { ...good, ed25519: newKeys(rng).ed25519 }],
    [
      'no session key',
      statement(seeds[0], before, { ...keys, identityKey: new Uint8Array(33) }, 5),
    ],
  ];
  for (const [what, change] of attacks) assert.equal(acceptsChange(known, change), null, what);
  const list = keyChangeList(good);
  assert.deepEqual(keyChangeFrom(list), good);
  for (let n = 0; n < list.length; n++) {
    assert.throws(() => keyChangeFrom(list.with(n, new Uint8Array(3))), { code: 'malformed' });
  }
  assert.throws(() => keyChangeFrom([...list, 1]), { code: 'malformed' });
});

test('attack: a contact that claims the keys of another contact, or of oneself, stays who it was', async () => {
  const world = new World('claims');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  await world.meet(alice, bob);
  await world.run(5 * MINUTE);
  const own = {
    identityKey: setting(alice, 'identity-key'),
    ...hybridKeyPair(setting(alice, 'signing-seed')).publicKey,
  };
  tell(bob, statement(setting(bob, 'signing-seed'), setting(bob, 'key-set-hash'), own, 1));
  await world.run(6 * MINUTE);
  const contact = alice.machine.contact('bob');
  assert.deepEqual([contact.trust, contact.trustWarning], ['link', 'key-refused']);
});

test('other keys without a word of the old ones: refused, shown, and nothing is sent to them', async () => {
  const world = new World('other keys');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  await world.meet(alice, bob);
  await world.run(5 * MINUTE);
  // A first message under another identity key comes in the place of one of Bob's.
  const port = createFakeSession(rng);
  const eve = new Map((await port.createIdentity()).writes);
  const records = { get: (key: string) => eve.get(key) ?? null };
  const { bundle } = await port.createBundle(sessionRecords(alice.store));
  for (const [key, value] of await port.begin(records, 'alice', bundle)) eve.set(key, value);
  const { ciphertext } = await port.encrypt(records, 'alice', encodeEnvelope({ hello: true }));
  alice.act((client, now) => {
    alice.store.run(
      'INSERT INTO fragments (contact_id, seq, part, parts, data, at, idx) VALUES (1, 900, 0, 1, ?, 0, 900)',
      ciphertext,
    );
    client.sendText({ contactId: 'bob', text: 'to the old keys', clientId: null }, now);
  });
  await world.run(6 * MINUTE);
  const contact = alice.machine.contact('bob');
  assert.deepEqual([contact.trust, contact.trustWarning], ['link', 'key-refused']);
  const lines = alice.machine.messages({ contactId: 'bob', limit: 9 });
  assert.ok(lines.some(({ kind, text }) => kind === 'trust' && text.includes('refused')));
  const dead = alice.store.all('SELECT reason FROM dead_letters');
  assert.deepEqual(
    dead.map(({ reason }) => reason),
    ['session-identity-changed'],
  );
  assert.equal(bob.machine.messages({ contactId: 'alice', limit: 1 })[0]?.text, 'to the old keys');

  // Bob lost everything and meets Alice anew: another contact, to which nothing goes by itself.
  bob.stop();
  alice.act((client, now) =>
    client.sendText({ contactId: 'bob', text: 'only for the old Bob', clientId: null }, now),
  );
  const [anew] = await world.join('bob ');
  assert.ok(anew);
  alice.act((client, now) => client.createInvitation({ label: 'again' }, now));
  await world.run(3 * MINUTE);
  const link = alice.machine.invitations()[0]?.link ?? '';
  anew.act((client, now) => client.acceptInvitation({ link }, now));
  await world.run(10 * MINUTE);
  assert.equal(alice.machine.contact('bob-2').trust, 'link');
  assert.deepEqual(anew.machine.messages({ contactId: 'alice', limit: 9 }), []);
  assert.notEqual(alice.machine.messages({ contactId: 'bob', limit: 1 })[0]?.state, 'failed');
});
