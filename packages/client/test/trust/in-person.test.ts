/** Each scans the other's code: contacts verify each other, strangers meet and verify. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, equalBytes, HOUR, isAppError, MINUTE } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import type { ModelPerson } from '@tacet/testkit/model';
import { encodeEnvelope } from '../../src/content/envelope.ts';
import { MAX_NAME_BYTES } from '../../src/limits.ts';
import type { As } from '../../src/trust/in-person.ts';
import {
  decodeMeetCode,
  encodeMeetCode,
  type MeetCode,
  scanProof,
} from '../../src/trust/meet-code.ts';
import { World } from './world.ts';

/** A fresh code of this person, as its screen shows it. */
async function codeOf(world: World, person: ModelPerson, as: As = {}): Promise<string> {
  const { id } = world.ask(person, (client, now) => client.inPerson.code(as, now));
  await world.run(2 * MINUTE);
  const code = person.machine.inPerson.codeView(id, world.now);
  assert.equal(code.state, 'ready');
  return code.text ?? assert.fail('no text');
}

const scan = (world: World, person: ModelPerson, code: string, contact?: string) =>
  scanAs(world, person, code, contact === undefined ? {} : { contact });
const scanAs = (world: World, person: ModelPerson, code: string, as: As) =>
  world.ask(person, (client, now) => client.inPerson.scan(code, as, now));

function refused(code: string, work: () => unknown): void {
  assert.throws(work, (error) => isAppError(error, code), code);
}

/** Facts of the only contact, with its level. */
function known(person: ModelPerson): string {
  const [contact, ...more] = person.machine.contacts();
  assert.ok(contact !== undefined && more.length === 0, 'one contact');
  const facts = person.machine.safety.facts(contact.id).map(({ what }) => what);
  return `${contact.trust}: ${facts.join(' ')}`;
}

test('strangers: each scans the other once, and both have one verified contact', async () => {
  const world = new World('strangers');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  const codes = [await codeOf(world, alice), await codeOf(world, bob)] as const;
  assert.equal(scan(world, bob, codes[0]).state, 'waiting');
  // A camera sees it more than once.
  assert.equal(scan(world, bob, codes[0]).id, scan(world, bob, codes[0]).id);
  await world.run(8 * MINUTE);
  // One has scanned: whatever the daemons did meanwhile, nobody is verified.
  for (const person of [alice, bob]) {
    for (const { trust } of person.machine.contacts()) assert.equal(trust, 'link');
  }
  const late = await codeOf(world, bob);
  scan(world, alice, late);
  for (const person of [alice, bob]) {
    person.stop();
    person.start();
  }
  await world.run(20 * MINUTE);
  assert.equal(known(alice), 'verified: met-by-link scanned');
  assert.equal(known(bob), 'verified: met-by-link scanned');
  assert.equal(alice.machine.inPerson.scans(world.now)[0]?.state, 'verified');
});

test('contacts: scanning each other verifies both; what only one scanned verifies nobody', async () => {
  const world = new World('contacts');
  const [alice, bob, carol] = await world.join('alice', 'bob', 'carol');
  assert.ok(alice && bob && carol);
  await world.meet(alice, bob);
  await world.meet(alice, carol);
  const alices = await codeOf(world, alice);
  scan(world, bob, alices, 'alice');
  await world.run(6 * MINUTE);
  assert.equal(known(bob), 'link: met-by-link');
  const bobs = await codeOf(world, bob);
  refused('meet-other-person', () => scan(world, alice, bobs, 'carol'));
  assert.equal(alice.machine.inPerson.scans(world.now).length, 0, 'nothing is kept of it');
  scan(world, alice, bobs, 'bob');
  await world.run(6 * MINUTE);
  assert.equal(known(bob), 'verified: met-by-link scanned');
  assert.equal(alice.machine.contact('bob').trust, 'verified');
  assert.equal(alice.machine.contacts().length, 2, 'no second contact');

  // Attack: Carol photographed Alice's screen, and proves it. Alice has not scanned her.
  scan(world, carol, await codeOf(world, alice), 'alice');
  await world.run(10 * MINUTE);
  assert.equal(known(carol), 'link: met-by-link');
  assert.equal(alice.machine.contact('carol').trust, 'link');
});

test('attack: a photographed code shown later, and one of another time, are refused', async () => {
  const world = new World('photograph');
  const [alice, bob, eve] = await world.join('alice', 'bob', 'eve');
  assert.ok(alice && bob && eve);
  const code = await codeOf(world, alice);
  await world.run(12 * MINUTE);
  refused('meet-expired', () => scan(world, bob, code));
  // Who made it further good by changing its time: its invitation is taken back.
  const longer = encodeMeetCode({ ...decodeMeetCode(code), endsAt: world.now + 5 * MINUTE });
  await world.run(HOUR);
  const again = encodeMeetCode({ ...decodeMeetCode(longer), endsAt: world.now + 5 * MINUTE });
  scan(world, eve, again);
  await world.run(10 * MINUTE);
  for (const { trust, state } of eve.machine.contacts()) {
    assert.deepEqual([trust, state], ['link', 'ended']);
  }
  assert.equal(alice.machine.contacts().length, 0);
  const future = encodeMeetCode({ ...decodeMeetCode(code), endsAt: world.now + DAY });
  refused('meet-expired', () => scan(world, bob, future));
});

test('attack: a code with one person’s keys and another’s invitation is refused', async () => {
  // Both orders of the two addresses must come up: the lower one answers.
  let answered = 0;
  for (const seed of ['swap 1', 'swap 2', 'swap 3', 'swap 4']) {
    const world = new World(seed);
    const [alice, bob, mallory] = await world.join('alice', 'bob', 'mallory');
    assert.ok(alice && bob && mallory);
    const [alices, mallorys] = [await codeOf(world, alice), await codeOf(world, mallory)];
    const swapped = encodeMeetCode({
      ...decodeMeetCode(alices),
      secret: decodeMeetCode(mallorys).secret,
    });
    scan(world, bob, swapped);
    await world.run(8 * MINUTE);
    for (const contact of bob.machine.contacts()) {
      answered++;
      assert.deepEqual([contact.state, contact.reason], ['ended', 'meet-swapped']);
    }
    for (const { trust } of mallory.machine.contacts()) assert.equal(trust, 'link');
    if (answered > 0) return;
  }
  assert.fail('nobody answered in any of the worlds');
});

/** A separate identity of this person, with its keys made. */
async function identityOf(world: World, person: ModelPerson, name: string): Promise<void> {
  world.ask(person, (client, now) => client.identities.create({ name }, now));
  await world.run(MINUTE);
}

test('identities: a contact met as somebody else is verified as that, and learns no other', async () => {
  const world = new World('identity in person');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  await identityOf(world, alice, 'Dr. Smith');
  world.ask(alice, (client, now) =>
    client.createInvitation({ label: 'bob', identity: 'Dr. Smith' }, now),
  );
  await world.run(3 * MINUTE);
  const link = alice.machine.invitations()[0]?.link ?? assert.fail('no link');
  bob.act((client, now) => client.acceptInvitation({ link }, now));
  await world.run(8 * MINUTE);
  assert.equal(bob.machine.contact('Dr. Smith').state, 'ready');
  const shown = await codeOf(world, alice, { contact: 'bob' });
  assert.equal(decodeMeetCode(shown).name, 'Dr. Smith');
  // What Alice shows as herself is not Dr. Smith's, and is refused where Dr. Smith is meant.
  const own = await codeOf(world, alice);
  refused('meet-other-person', () => scan(world, bob, own, 'Dr. Smith'));
  scan(world, bob, shown, 'Dr. Smith');
  const bobs = await codeOf(world, bob);
  scan(world, alice, bobs, 'bob');
  await world.run(8 * MINUTE);
  assert.equal(known(alice), 'verified: met-by-link scanned');
  assert.equal(known(bob), 'verified: met-by-link scanned');
});

test('identities: strangers meet as whom the code was shown, whoever of both answers', async () => {
  const answered = new Set<boolean>();
  for (const seed of ['as 1', 'as 2', 'as 3', 'as 4', 'as 5', 'as 6']) {
    const world = new World(seed);
    const [alice, bob] = await world.join('alice', 'bob');
    assert.ok(alice && bob);
    await identityOf(world, alice, 'Dr. Smith');
    scan(world, bob, await codeOf(world, alice, { identity: 'Dr. Smith' }));
    // Nothing is said of as whom: as the code that is being shown.
    scan(world, alice, await codeOf(world, bob));
    await world.run(20 * MINUTE);
    assert.equal(known(alice), 'verified: met-by-link scanned', seed);
    assert.equal(known(bob), 'verified: met-by-link scanned', seed);
    assert.equal(alice.machine.contacts()[0]?.identity.name, 'Dr. Smith');
    assert.equal(bob.machine.contacts()[0]?.givenName, 'Dr. Smith');
    answered.add(alice.store.get('SELECT 1 AS one FROM visits') !== undefined);
    if (answered.size === 2) return;
  }
  assert.fail('the same side answered in all of the worlds');
});

test('attack: a proof made for one identity verifies nothing under another', async () => {
  const world = new World('proof elsewhere');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  await world.meet(alice, bob);
  await identityOf(world, alice, 'Dr. Smith');
  // Bob photographs what Dr. Smith shows to others, and proves it to Alice; she has scanned him.
  const code = decodeMeetCode(await codeOf(world, alice, { identity: 'Dr. Smith' }));
  scan(world, alice, await codeOf(world, bob), 'bob');
  await world.run(5 * MINUTE);
  const keys = (person: ModelPerson): Uint8Array => {
    const value = person.store.get("SELECT value FROM settings WHERE name = 'key-set-hash'");
    return value?.['value'] instanceof Uint8Array ? value['value'] : assert.fail('no key set');
  };
  for (const maker of [keys(alice), code.keySetHash]) {
    const value = scanProof(code.nonce, keys(bob), maker);
    bob.act((client, now) => {
      bob.store.run(
        "INSERT INTO notices (contact_id, kind, body) VALUES (1, 'said', ?)",
        encodeEnvelope({ step: { kind: 'scan', value } }),
      );
      client.sendText({ contactId: 'alice', text: 'hm', clientId: null }, now);
    });
    await world.run(5 * MINUTE);
  }
  assert.equal(known(alice), 'link: met-by-link');
  const alarms = alice.machine.alarms().map(({ code: name, count }) => [name, count]);
  assert.deepEqual(alarms, [['meet-unproven', 2]]);
});

test('codes of one’s own, of another network, of a later version and malformed ones are told apart', async () => {
  const world = new World('wrong codes');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  const code = await codeOf(world, alice);
  refused('meet-own', () => scan(world, alice, code));
  const elsewhere = encodeMeetCode({ ...decodeMeetCode(code), network: new Uint8Array(8) });
  refused('invitation-network', () => scan(world, bob, elsewhere));
  refused('meet-newer', () => scan(world, bob, code.replace('meet/1', 'meet/2')));
  for (const bad of ['', 'tacet://meet/1#', `${code}A`, code.slice(0, -4), `x${code}`]) {
    refused('meet-malformed', () => scan(world, bob, bad));
  }
  scan(world, bob, `  ${code}\n`);
});

test('text of a code: at most 300 characters, round trip', () => {
  const rng = seededRng('meet code');
  const bytes = (length: number) => rng.fill(new Uint8Array(length));
  const code: MeetCode = {
    keySetHash: bytes(32),
    nonce: bytes(16),
    secret: bytes(32),
    network: bytes(8),
    endsAt: 1_800_000_000_000 - (1_800_000_000_000 % MINUTE),
    name: 'n'.repeat(MAX_NAME_BYTES),
  };
  const text = encodeMeetCode(code);
  assert.ok(text.length <= 225, String(text.length));
  const read = decodeMeetCode(text);
  assert.ok(equalBytes(read.keySetHash, code.keySetHash) && equalBytes(read.nonce, code.nonce));
  assert.deepEqual([read.endsAt, read.name], [code.endsAt, code.name]);
  refused('meet-malformed', () => decodeMeetCode(encodeMeetCode({ ...code, name: '' })));
});
