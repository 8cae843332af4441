/** Alice brings Bob and Carol together: what each sees, and what a lying introducer can do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, equalBytes, MINUTE, utf8 } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import type { ModelPerson } from '@tacet/testkit/model';
import { blob } from '../../src/store/rows.ts';
import { type Card, decodeCard, encodeCard } from '../../src/trust/card.ts';
import { newKeys, say, setting, statement } from './say.ts';
import { three, World } from './world.ts';

const introduce = (world: World, alice: ModelPerson, first: string, second: string) =>
  world.ask(alice, (client, now) =>
    client.introductions.introduce(first, second, 'both sail', now),
  );
const newest = (person: ModelPerson) => {
  const [one] = person.machine.introductions.list();
  return one ?? assert.fail('no introduction');
};
const decide = (world: World, person: ModelPerson, accept: boolean) =>
  world.ask(person, (client, now) => client.introductions.decide(newest(person).id, accept, now));

/** Lines of one's own about introductions, in the conversation with this contact. */
const linesWith = (person: ModelPerson, contact: string): string[] =>
  person.machine
    .messages({ contactId: contact, limit: 50 })
    .filter(({ kind }) => kind === 'trust')
    .map(({ text }) => text);

/** Tables of the store in which these bytes stand, as text or as bytes, in whatever column. */
function tablesWith({ store }: ModelPerson, what: Uint8Array): string[] {
  const tables = store.all("SELECT name FROM sqlite_master WHERE type = 'table'");
  const bytes = (value: unknown) =>
    Buffer.from(typeof value === 'string' || value instanceof Uint8Array ? value : '');
  return tables
    .map(({ name }) => String(name))
    .filter((name) => !name.startsWith('search'))
    .filter((name) =>
      store
        .all(`SELECT * FROM "${name}"`)
        .some((row) => Object.values(row).some((value) => bytes(value).includes(what))),
    );
}

test('introduction: both agree, meet, and see who introduced them; verifying raises it', async () => {
  const [world, alice, bob, carol] = await three('introduced');
  assert.equal(introduce(world, alice, 'bob', 'carol').state, 'asked');
  assert.throws(() => introduce(world, alice, 'carol', 'bob'), { code: 'introduction-open' });
  await world.run(3 * MINUTE);
  assert.deepEqual([newest(bob).name, newest(bob).note], ['carol', 'both sail']);
  assert.equal(carol.machine.introductions.list().length, 0, 'the second is asked second');
  decide(world, bob, true);
  await world.run(6 * MINUTE);
  assert.equal(newest(alice).state, 'passed');
  assert.equal(newest(carol).state, 'offered');
  assert.equal(bob.machine.invitations().length, 0, 'it is no invitation to hand on by hand');
  decide(world, carol, true);
  await world.run(12 * MINUTE);
  assert.equal(newest(alice).state, 'taken');
  for (const [person, other] of [
    [bob, 'carol'],
    [carol, 'bob'],
  ] as const) {
    const contact = person.machine.contact(other);
    assert.deepEqual(
      [contact.state, contact.trust, contact.introducedBy],
      ['ready', 'introduced', 'alice'],
    );
    assert.equal(newest(person).state, 'met');
  }
  assert.deepEqual(linesWith(alice, 'bob'), [
    'You asked them whether they want to meet carol.',
    'They want to meet carol, who is asked now.',
    'carol wants to meet them, too: they are introduced.',
  ]);
  assert.deepEqual(linesWith(alice, 'carol'), [
    'You asked them whether they want to meet bob.',
    'They want to meet bob: they are introduced.',
  ]);
  for (const [person, other] of [
    [bob, 'carol'],
    [carol, 'bob'],
  ] as const) {
    assert.deepEqual(linesWith(person, 'alice'), [
      `They want to introduce you to ${other}. It waits for your word.`,
      `You want to meet ${other}.`,
      `You have met ${other}.`,
    ]);
    assert.deepEqual(linesWith(person, other), [
      'alice introduced you to each other, and says whose keys these are. Not verified.',
    ]);
  }
  // Alice held the invitation for a moment, and keeps nothing of it.
  assert.equal(alice.store.all('SELECT id FROM introductions WHERE secret IS NOT NULL').length, 0);
  bob.act((client, now) =>
    client.sendText({ contactId: 'carol', text: 'ahoy', clientId: null }, now),
  );
  await world.run(5 * MINUTE);
  assert.equal(carol.machine.messages({ contactId: 'bob', limit: 9 }).at(-1)?.text, 'ahoy');
  world.ask(bob, (client, now) => client.safety.compared('carol', 'same', now));
  assert.equal(bob.machine.contact('carol').trust, 'verified');
  // Whom they know already is no second contact.
  introduce(world, alice, 'carol', 'bob');
  await world.run(3 * MINUTE);
  decide(world, carol, true);
  await world.run(3 * MINUTE);
  assert.deepEqual([newest(carol).state, newest(alice).state], ['known', 'known']);
  assert.equal(carol.machine.contacts().length, 2);
  assert.equal(linesWith(alice, 'carol').at(-1), 'They and bob know each other already.');
  // Who is deleted is named nowhere any more, and nowhere is their key.
  const key = blob(
    bob.store.get("SELECT key_set_hash FROM contacts WHERE name = 'carol'") ?? {},
    'key_set_hash',
  );
  const find = (what: string) =>
    bob.machine.search.find({ text: what, kind: 'card', limit: 9 }).hits;
  assert.deepEqual(
    find('carol').map(({ excerpt }) => excerpt.text),
    ['carol\nboth sail'],
  );
  assert.equal(find('sail').length, 1);
  assert.ok(tablesWith(bob, utf8('carol')).includes('messages'), 'control');
  bob.act((client, now) => client.deleteContact('carol', false, now));
  assert.deepEqual([tablesWith(bob, utf8('carol')), tablesWith(bob, key)], [[], []]);
  assert.deepEqual(find('carol'), []);
  assert.equal(linesWith(bob, 'alice').join().includes('carol'), false);
  assert.equal(linesWith(bob, 'alice').length, 3);
});

test('who knows another identity is not introduced and not mentioned; who is blocked is not asked', async () => {
  const world = new World('introduced identities');
  const [alice, bob, carol, dora] = await world.join('alice', 'bob', 'carol', 'dora');
  assert.ok(alice && bob && carol && dora);
  await world.meet(alice, bob);
  await world.meet(alice, dora);
  world.ask(alice, (client, now) => client.identities.create({ name: 'Dr. Smith' }, now));
  await world.run(MINUTE);
  const as = { label: 'carol', identity: 'Dr. Smith' };
  world.ask(alice, (client, now) => client.createInvitation(as, now));
  await world.run(3 * MINUTE);
  const link = alice.machine.invitations()[0]?.link ?? assert.fail('no link');
  carol.act((client, now) => client.acceptInvitation({ link }, now));
  await world.run(12 * MINUTE);
  assert.equal(carol.machine.contact('Dr. Smith').state, 'ready');
  const said = (who: string) =>
    world.ask(alice, (client, now) =>
      client.talk.send(
        {
          ...{ contactId: 'bob', text: 'ask them', clientId: null },
          mentions: [{ start: 4, length: 4, who: { contactId: who } }],
        },
        now,
      ),
    );
  for (const [first, second] of [
    ['bob', 'carol'],
    ['carol', 'bob'],
  ] as const) {
    assert.throws(() => introduce(world, alice, first, second), { code: 'identity-other' });
  }
  assert.throws(() => said('carol'), { code: 'identity-other' });
  assert.equal(said('dora').mentions.length, 1);
  alice.act((client, now) => client.blockContact('dora', now));
  for (const [first, second] of [
    ['bob', 'dora'],
    ['dora', 'bob'],
  ] as const) {
    assert.throws(() => introduce(world, alice, first, second), { code: 'contact-blocked' });
  }
  assert.throws(() => world.ask(alice, (client, now) => client.codes.start('dora', now)), {
    code: 'contact-blocked',
  });
  alice.act((client, now) => client.unblockContact('dora', now));
  assert.equal(introduce(world, alice, 'bob', 'dora').state, 'asked');
});

test('attack: an introducer does not find out that two identities are one, nor whom the other knows', async () => {
  const world = new World('introduced to oneself');
  const [alice, bob, carol] = await world.join('alice', 'bob', 'carol');
  assert.ok(alice && bob && carol);
  await world.meet(alice, bob);
  await world.meet(alice, carol);
  world.ask(bob, (client, now) => client.identities.create({ name: 'Dr. Smith' }, now));
  await world.run(MINUTE);
  for (const guest of [alice, carol]) {
    const as = { label: `${guest.name} too`, identity: 'Dr. Smith' };
    world.ask(bob, (client, now) => client.createInvitation(as, now));
    await world.run(3 * MINUTE);
    const made = bob.machine.invitations().find(({ label }) => label === as.label);
    const link = made?.link ?? assert.fail('no link');
    guest.act((client, now) => client.acceptInvitation({ link }, now));
    await world.run(12 * MINUTE);
    assert.equal(guest.machine.contact('Dr. Smith').state, 'ready');
  }
  // Bob is asked whether he wants to meet himself: to the introducer he is one who does not answer.
  const alarms = bob.alarms.get('introduction-same') ?? 0;
  for (const [first, second] of [
    ['bob', 'Dr. Smith'],
    ['Dr. Smith', 'bob'],
  ] as const) {
    introduce(world, alice, first, second);
    await world.run(20 * MINUTE);
    assert.equal(newest(alice).state, 'asked');
    alice.store.run("UPDATE introductions SET state = 'expired'");
  }
  assert.equal(bob.machine.introductions.list().length, 0);
  assert.equal(bob.alarms.get('introduction-same'), alarms + 2);
  // Carol knows Dr. Smith; to Alice, and to Carol, Bob is somebody who did not know her.
  introduce(world, alice, 'bob', 'carol');
  await world.run(5 * MINUTE);
  decide(world, bob, true);
  await world.run(12 * MINUTE);
  assert.equal(newest(alice).state, 'passed');
  decide(world, carol, true);
  await world.run(15 * MINUTE);
  const known = carol.machine.contacts().map(({ name, trust }) => `${name} ${trust}`);
  assert.deepEqual(known.sort(), ['Dr. Smith link', 'alice link', 'bob introduced']);
  assert.equal(bob.machine.contacts().filter(({ givenName }) => givenName === 'carol').length, 2);
});

test('introduction: declined by the first, by the second, or never answered', async () => {
  const [world, alice, bob, carol] = await three('declined');
  introduce(world, alice, 'bob', 'carol');
  await world.run(3 * MINUTE);
  decide(world, bob, false);
  assert.throws(() => decide(world, bob, true), { code: 'introduction-over' });
  await world.run(3 * MINUTE);
  assert.equal(newest(alice).state, 'declined');
  introduce(world, alice, 'bob', 'carol');
  await world.run(3 * MINUTE);
  decide(world, bob, true);
  await world.run(6 * MINUTE);
  decide(world, carol, false);
  await world.run(3 * MINUTE);
  assert.equal(newest(alice).state, 'declined-second');
  assert.equal(linesWith(alice, 'carol').at(-1), 'They do not want to meet bob.');
  assert.equal(linesWith(carol, 'alice').at(-1), 'You do not want to meet bob.');
  assert.equal(bob.machine.contacts().length, 1);
  introduce(world, alice, 'carol', 'bob');
  await world.run(3 * MINUTE);
  carol.store.run('UPDATE introductions SET ends_at = ends_at - ?', 22 * DAY);
  assert.throws(() => decide(world, carol, true), { code: 'introduction-over' });
  await world.run(6 * MINUTE);
  assert.equal(newest(carol).state, 'expired');
  assert.equal(
    linesWith(carol, 'alice').at(-1),
    'The introduction to bob ended without a meeting.',
  );
});

test('attack: who answers an introduction with other keys than the introducer named is refused', async () => {
  const [world, alice, bob] = await three('taken by another');
  const [eve] = await world.join('eve');
  assert.ok(eve);
  introduce(world, alice, 'bob', 'carol');
  await world.run(3 * MINUTE);
  decide(world, bob, true);
  await world.run(90_000);
  // The invitation leaks on its way: somebody else answers first.
  const row = bob.store.get(
    'SELECT secret FROM invitations WHERE secret IS NOT NULL ORDER BY id DESC',
  );
  const secret = row?.['secret'];
  assert.ok(secret instanceof Uint8Array);
  world.ask(eve, (client, now) => {
    const link = `tacet://invite/1#${Buffer.from(secret).toString('base64url')}`;
    const id = Buffer.from(world.networkId.subarray(0, 8)).toString('base64url');
    return client.acceptInvitation({ link: `${link}.${id}` }, now);
  });
  await world.run(10 * MINUTE);
  const intruder = bob.machine.contacts().find(({ name }) => name !== 'alice');
  assert.deepEqual([intruder?.state, intruder?.reason], ['ended', 'introduction-replaced']);
  assert.equal(eve.machine.contacts()[0]?.state, 'ended');
  const refusal = 'Who came by the introduction to carol is not whom they named, and was refused.';
  assert.deepEqual([newest(bob).state, linesWith(bob, 'alice').at(-1)], ['replaced', refusal]);
  const { events } = bob.machine.readEvents({ cursor: 0, max: 500 });
  assert.ok(events.some(({ subject }) => subject === 'introduction-replaced'));
});

test('attack: keys and invitation that do not belong together are refused by the second', async () => {
  const [world, alice, bob, carol] = await three('mixed');
  introduce(world, alice, 'bob', 'carol');
  await world.run(3 * MINUTE);
  decide(world, bob, true);
  await world.run(6 * MINUTE);
  // As if Alice had named other keys than Bob's invitation has.
  carol.store.run('UPDATE introductions SET key_set_hash = ?', new Uint8Array(32).fill(7));
  decide(world, carol, true);
  await world.run(6 * MINUTE);
  const met = carol.machine.contacts().find(({ name }) => name === 'bob');
  assert.deepEqual([met?.state, met?.reason], ['ended', 'introduction-replaced']);
  const refusal = 'Who came by the introduction to bob is not whom they named, and was refused.';
  assert.deepEqual([newest(carol).state, linesWith(carol, 'alice').at(-1)], ['replaced', refusal]);
  assert.equal(bob.machine.contacts().length, 1);
});

test('introduced to oneself, to the introducer, twice, by somebody blocked, or too often: nothing', async () => {
  const [world, alice, bob] = await three('nonsense');
  assert.throws(() => introduce(world, alice, 'bob', 'bob'), { code: 'introduction-same' });
  const keyOf = (person: ModelPerson): Uint8Array => {
    const value = person.store.get("SELECT value FROM settings WHERE name = 'key-set-hash'");
    const hash = value?.['value'];
    return hash instanceof Uint8Array ? hash : assert.fail('no key set');
  };
  const rng = seededRng('tokens');
  const offer = (keySetHash: Uint8Array, token = rng.fill(new Uint8Array(16))) =>
    bob.store.transaction(() =>
      bob.machine.introductions.onCard(
        1,
        encodeCard({ kind: 'offer', token, keySetHash, name: 'x', note: '' }),
        world.now,
      ),
    );
  assert.equal(offer(keyOf(bob)), false);
  assert.equal(offer(keyOf(alice)), false);
  assert.equal(bob.machine.introductions.list().length, 0);
  const stranger = new Uint8Array(32).fill(9);
  const token = new Uint8Array(16);
  assert.equal(offer(stranger, token), true);
  assert.equal(offer(stranger, token), false, 'the same one again');
  for (let n = 0; n < 40; n++) offer(stranger);
  assert.equal(bob.machine.introductions.list().length, 16);
  bob.store.run('INSERT INTO blocked_keys (key_set_hash, at) VALUES (?, 0)', keyOf(alice));
  bob.store.run('DELETE FROM introductions');
  assert.equal(offer(stranger), false);
  assert.equal(bob.machine.introductions.list().length, 0);
  assert.equal(
    bob.store.transaction(() =>
      bob.machine.introductions.onCard(1, Uint8Array.of(0xa0), world.now),
    ),
    false,
  );
});

test('cards on the wire: round trip, malformed ones, later kinds', () => {
  const rng = seededRng('cards');
  const bytes = (length: number) => rng.fill(new Uint8Array(length));
  const who = { keySetHash: bytes(32), name: 'Carol', note: 'sails' };
  const token = bytes(16);
  const cards: Card[] = [
    { kind: 'offer', token, ...who },
    { kind: 'agree', token, secret: bytes(32) },
    { kind: 'decline', token },
    { kind: 'known', token },
    { kind: 'taken', token },
    { kind: 'pass', token, ...who, secret: bytes(32) },
  ];
  for (const card of cards) {
    const encoded = encodeCard(card);
    assert.deepEqual(decodeCard(encoded), card);
    for (let end = 0; end < encoded.length; end++) {
      assert.throws(() => decodeCard(encoded.subarray(0, end)), { code: 'malformed' });
    }
  }
  const odd = (card: object) => encodeCard(card as Card);
  assert.throws(() => decodeCard(odd({ kind: 'offer', token, ...who, name: '' })), {
    code: 'malformed',
  });
  assert.throws(() => decodeCard(odd({ kind: 'agree', token, secret: bytes(31) })), {
    code: 'malformed',
  });
  assert.throws(() => decodeCard(odd({ kind: 'decline', token: bytes(15) })), {
    code: 'malformed',
  });
  const later = encodeCard({ kind: 'decline', token });
  later[2] = 9;
  assert.equal(decodeCard(later).kind, 'unknown');
  assert.ok(equalBytes(decodeCard(later).token, token));
});

test('attack: who is asked changes keys and then agrees: nothing is handed on, and nothing stops', async () => {
  const [world, alice, bob, carol] = await three('introduced, then other keys');
  introduce(world, alice, 'bob', 'carol');
  await world.run(3 * MINUTE);
  const [before, seed] = [setting(bob, 'key-set-hash'), setting(bob, 'signing-seed')];
  say(bob, 'alice', { keyChange: statement(seed, before, newKeys(seededRng('others')), 1) });
  await world.run(3 * MINUTE);
  assert.equal(alice.machine.contact('bob').trustWarning, 'key-changed');
  decide(world, bob, true);
  await world.run(6 * MINUTE);
  assert.equal(newest(alice).state, 'asked', 'nobody is introduced by keys of before');
  assert.equal(carol.machine.introductions.list().length, 0);
  bob.act((client, now) =>
    client.sendText({ contactId: 'alice', text: 'still there?', clientId: null }, now),
  );
  await world.run(3 * MINUTE);
  const texts = alice.machine.messages({ contactId: 'bob', limit: 9 }).map(({ text }) => text);
  assert.ok(texts.includes('still there?'), texts.join());
});
