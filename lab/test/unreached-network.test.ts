/** A card of a network that was never reached binds nobody (13-client-view.md, 1). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64url, isAppError, MINUTE } from '@tacet/base';
import type { ProfileStore } from '@tacet/client';
import { encodeCard } from '@tacet/directory';
import { makeTestNetwork } from '@tacet/testkit';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { linkOf } from '../src/scenarios/steps.ts';

const DEAD = makeTestNetwork({ seed: 'dead' });

/** Its edges answer, but they are those of another network and have no document of this one. */
const deadCard = (stage: LabStage): string =>
  encodeCard({ ...DEAD.card, edges: stage.world.network.card.edges });

/** Bob has the card of a network that he never reaches, and has begun to use it. */
async function stranded(seed: string) {
  const stage = new LabStage(seed);
  const alice = await stage.person('alice');
  const bob = await stage.world.addPerson('bob');
  const act = <T>(work: (client: typeof bob.client, now: number) => T): T => {
    const result = work(bob.client, stage.world.now);
    stage.world.pumpPerson(bob);
    return result;
  };
  act((client, now) => client.joinNetwork(deadCard(stage), now));
  const invitation = act((client, now) => client.createInvitation({ label: 'carol' }, now));
  const id = DEAD.document.networkId.slice(0, 8);
  const secret = new Uint8Array(32).fill(7);
  const link = `tacet://invite/1#${base64url(secret)}.${base64url(id)}`;
  const contact = act((client, now) => client.acceptInvitation({ link, name: 'Alice' }, now));
  const { id: text } = act((client, now) =>
    client.sendText({ contactId: contact.id, text: 'hello', clientId: null }, now),
  );
  await stage.pass(10 * MINUTE);
  const ready = () =>
    stage.until('bob is on the network', async () => {
      return bob.client.status(stage.world.now).link === 'ready';
    });
  const { store } = bob as unknown as { store: ProfileStore };
  for (const table of ['puts', 'watches']) {
    assert.notDeepEqual(store.all(`SELECT * FROM ${table}`), [], table);
  }
  /** Numbers of rows made so far; none is given twice. */
  const made = new Map(
    ['puts', 'watches', 'tombstones'].map((table) => {
      const newest = store.get('SELECT seq FROM sqlite_sequence WHERE name = ?', table);
      return [table, Number(newest?.['seq'] ?? 0)] as const;
    }),
  );
  return { made, stage, alice, bob, act, invitation, contact, text, ready, store };
}

test('another card takes the place of one whose network was never reached, with all that waited for it', async () => {
  const { made, stage, bob, act, invitation, contact, text, ready, store } = await stranded('card');
  assert.equal(bob.client.status(stage.world.now).network, null);
  act((client, now) => client.joinNetwork(stage.world.network.cardText, now));
  await ready();
  assert.equal(bob.client.status(stage.world.now).card?.name, stage.world.network.card.networkName);
  const { state, reason } = bob.client.contact(contact.id);
  assert.deepEqual([state, reason], ['ended', 'invitation-network']);
  assert.equal(bob.client.message(text).state, 'failed');
  assert.deepEqual(
    bob.client.invitations().map(({ id, state: now }) => [id, now]),
    [[invitation.id, 'revoked']],
  );
  // Nothing made for the one network is ever told to the other.
  for (const [table, newest] of made) {
    assert.deepEqual(store.all(`SELECT * FROM ${table} WHERE id <= ?`, newest), [], table);
  }
  assert.equal(bob.client.status(stage.world.now).outbox, 0);
});

test('so does the card of a full invitation, and they meet', async () => {
  const { stage, alice, bob, act } = await stranded('full link');
  await linkOf(stage, alice, 'bob');
  const [open] = await alice.invitations();
  const link = open?.fullLink ?? '';
  const { id, name } = act((client, now) => client.acceptInvitation({ link, name: 'Alice' }, now));
  assert.equal(name, 'Alice');
  await stage.until('they meet', async () => bob.client.contact(id).state === 'ready');
});

test('a restart in between changes nothing of that', async () => {
  const { stage, bob, act, ready } = await stranded('restart');
  await bob.kill();
  stage.world.hangUp(bob);
  await bob.restart();
  act((client, now) => client.joinNetwork(stage.world.network.cardText, now));
  await ready();
});

test('once the network was reached, also before the last restart, its card stays', async () => {
  const { stage, bob, act, ready } = await stranded('reached');
  act((client, now) => client.joinNetwork(stage.world.network.cardText, now));
  await ready();
  const refused = () =>
    assert.throws(
      () => act((client, now) => client.joinNetwork(deadCard(stage), now)),
      (error) => isAppError(error, 'network-joined'),
    );
  refused();
  await bob.kill();
  stage.world.hangUp(bob);
  await bob.restart();
  refused();
  assert.equal(bob.client.status(stage.world.now).card?.name, stage.world.network.card.networkName);
});
