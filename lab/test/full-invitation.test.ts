/** Somebody who is on no network joins by a full invitation (09-meeting.md 2, 13-client-view.md 1). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes, isAppError } from '@tacet/base';
import { decodeCard, encodeCard } from '@tacet/directory';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { linkOf } from '../src/scenarios/steps.ts';

async function inviting(seed: string, closed = true) {
  const network = { edges: 4, parameters: { closed } };
  const stage = new LabStage(seed, undefined, { network });
  const alice = await stage.person('alice');
  await linkOf(stage, alice, 'bob');
  const full = (await alice.invitations())[0]?.fullLink;
  assert.ok(full != null);
  const bob = await stage.world.addPerson('bob');
  return { stage, alice, bob, full };
}

for (const closed of [true, false]) {
  test(`given only a full invitation to ${closed ? 'a closed' : 'an open'} network, a new profile reaches a secure session`, async () => {
    const { stage, alice, bob, full } = await inviting(`full ${closed}`, closed);
    assert.equal(bob.client.status(stage.world.now).card, null);
    bob.client.acceptInvitation({ link: full, name: 'alice' }, stage.world.now);
    stage.world.pumpPerson(bob);
    const { card, network } = bob.client.status(stage.world.now);
    assert.equal(card?.name, 'test network');
    assert.equal(card?.authorities, 1);
    assert.equal(card?.closed, closed);
    assert.equal(network, null);
    await stage.until('both are ready', async () => {
      const there = bob.client.contacts()[0]?.state === 'ready';
      return there && (await alice.contacts())[0]?.state === 'ready';
    });
  });
}

test('the card of a full invitation says nothing about the edge of who made it', async () => {
  const { stage, full } = await inviting('whose edge');
  const others = [];
  for (const name of ['carol', 'dave', 'erin']) {
    const person = await stage.person(name);
    await linkOf(stage, person, 'x');
    others.push((await person.invitations())[0]?.fullLink ?? '');
  }
  const cardOf = (link: string): string => link.split('.').at(-1) ?? '';
  for (const other of others) assert.equal(cardOf(other), cardOf(full));
  const doors = stage.world.people.map(({ client }) => client.status(stage.world.now).edge);
  assert.ok(new Set(doors).size > 1);
});

test('a card of another network in a link, or any card for who is on a network, changes nothing', async () => {
  const { stage, bob, full } = await inviting('foreign card');
  const parts = full.split('.');
  const card = decodeCard(`tacet:network/1/${parts.at(-1)}`);
  const foreign = encodeCard({ ...card, networkName: 'another' }).slice('tacet:network/1/'.length);
  assert.throws(
    () =>
      bob.client.acceptInvitation(
        { link: [...parts.slice(0, -1), foreign].join('.') },
        stage.world.now,
      ),
    (error) => isAppError(error, 'invitation-malformed'),
  );
  assert.equal(bob.client.status(stage.world.now).card, null);

  // Same network, an edge of somebody's choice: a joined profile keeps its own card.
  const carol = await stage.person('carol');
  const [edge] = card.edges;
  assert.ok(edge !== undefined);
  const evil = encodeCard({ ...card, edges: [{ ...edge, address: 'evil.example:1' }] });
  await carol.accept([...parts.slice(0, -1), evil.slice('tacet:network/1/'.length)].join('.'), 'a');
  const held = (
    stage.personOf(carol).client as unknown as { e: { network: { card: typeof card } } }
  ).e.network.card;
  assert.ok(held.edges.every(({ address }) => address !== 'evil.example:1'));
  assert.ok(held.edges.some(({ relay }) => equalBytes(relay, edge.relay)));
});

test('a full invitation with a name or words that are refused joins nothing', async () => {
  const { stage, bob, full } = await inviting('refused words');
  for (const [change, code] of [
    [{ name: 'x'.repeat(65) }, 'name-invalid'],
    [{ name: '\u202e' }, 'name-invalid'],
    [{ text: 'x'.repeat(161) }, 'text-too-long'],
  ] as const) {
    assert.throws(
      () => bob.client.acceptInvitation({ link: full, ...change }, stage.world.now),
      (error) => isAppError(error, code),
    );
    assert.equal(bob.client.status(stage.world.now).card, null);
    assert.deepEqual(bob.client.contacts(), []);
  }
});
