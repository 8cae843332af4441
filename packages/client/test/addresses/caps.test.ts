/** Caps and refusals of addresses, requests, blocks and identities (docs/limits.md). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, isAppError } from '@tacet/base';
import { kemKeyPair } from '@tacet/crypto';
import {
  createFakeSession,
  type MemoryStore,
  makeTestNetwork,
  seededRng,
  TEST_NOW,
} from '@tacet/testkit';
import { plainBuilder } from '@tacet/testkit/model';
import { encodeAddressCard, encodeAddressLink } from '../../src/addresses/card.ts';
import { Client } from '../../src/client.ts';
import { Blocklist } from '../../src/contacts/blocklist.ts';
import { prepareProfile } from '../../src/meeting/identity.ts';
import { migratedStore } from '../migrated-store.ts';

const NETWORK = makeTestNetwork({ seed: 'address caps' });
const rng = seededRng('address caps');
const now = TEST_NOW;
const code = (wanted: string) => (error: unknown) => isAppError(error, wanted);
const random = (n: number): Uint8Array => rng.fill(new Uint8Array(n));

async function fresh(): Promise<{ store: MemoryStore; client: Client }> {
  const store = migratedStore();
  await prepareProfile(store, createFakeSession(rng), rng, { name: 'alice' });
  const client = Client.open({ store, builder: plainBuilder, rng }, now);
  client.joinNetwork(NETWORK.cardText, now);
  return { store, client };
}

/** Somebody's address on a network. */
function someAddress(network = NETWORK): string {
  const card = encodeAddressCard({
    network: network.document.networkId.slice(0, 8),
    r: random(32),
    keySetHash: random(32),
    identityKey: random(33),
    kem: kemKeyPair(random(32)).publicKey,
    name: 'somebody',
  });
  return encodeAddressLink(card, null);
}

test('8 open addresses; an ended one makes room; 32 ended ones are listed', async () => {
  const { client } = await fresh();
  const { addresses } = client;
  const create = () => addresses.create({ label: '' }, now);
  const made = Array.from({ length: 8 }, create);
  assert.throws(create, code('addresses-full'));
  const [first] = made;
  assert.ok(first !== undefined);
  assert.throws(() => addresses.rotate({ id: first.id, days: 7 }, now), code('addresses-full'));
  addresses.rotate({ id: first.id, days: 0 }, now);
  assert.throws(() => addresses.rotate({ id: first.id }, now), code('address-ended'));
  assert.throws(() => addresses.rotate({ id: '99' }, now), code('address-missing'));
  for (let n = 0; n < 40; n++) {
    const newest = addresses.list().find(({ state }) => state === 'live');
    addresses.revoke(newest?.id ?? '', now);
    create();
  }
  const states = addresses.list().map(({ state }) => state);
  assert.equal(states.filter((state) => state === 'ended').length, 32);
});

test('50 own requests wait, one for each card; own and foreign addresses are refused', async () => {
  const { client } = await fresh();
  const send = (address: string, text = '') => client.sendRequest({ address, text }, now);
  const own = client.addresses.create({ label: '' }, now).link ?? '';
  assert.throws(() => send(own), code('address-own'));
  const elsewhere = makeTestNetwork({ seed: 'address caps elsewhere' });
  assert.throws(() => send(someAddress(elsewhere)), code('address-network'));
  const first = someAddress();
  const contact = send(first);
  assert.throws(() => send(first), code('request-waits'));
  for (let n = 1; n < 50; n++) send(someAddress());
  assert.throws(() => send(someAddress()), code('requests-waiting'));
  client.dismissMeeting(contact.id, now);
  send(first, 'ä'.repeat(450));
  client.dismissMeeting('somebody', now);
  assert.throws(() => send(someAddress(), 'ä'.repeat(451)), code('text-too-long'));
  assert.throws(() => send(someAddress(), '\ud800'), code('text-invalid'));
});

test('64 identities beside the own; names are unlike each other and no numbers', async () => {
  const { client } = await fresh();
  const create = (name: string) => client.identities.create({ name, sameKeys: true }, now);
  for (let n = 0; n < 64; n++) create(`name ${n}`);
  assert.throws(() => create('one more'), code('identities-full'));
  client.identities.delete('name 3', now);
  assert.throws(() => create('name 4'), code('identity-exists'));
  assert.throws(() => create('77'), code('identity-exists'));
  assert.throws(() => create('\u202e'), code('name-invalid'));
  assert.throws(() => client.identities.delete('0', now), code('identity-used'));
  create('name 3');
});

test('5,000 blocked keys: the oldest gives way', async () => {
  const { store } = await fresh();
  store.exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
     INSERT INTO blocked_keys (key_set_hash, identity_key, at) SELECT i || '', NULL, i FROM n`,
  );
  const list = new Blocklist(store);
  const newest = random(32);
  list.add(newest, random(33), now);
  assert.equal(store.get('SELECT count(*) AS n FROM blocked_keys')?.['n'], 5_000);
  assert.ok(list.has(newest, null));
  assert.equal(store.get("SELECT 1 AS one FROM blocked_keys WHERE key_set_hash = '1'"), undefined);
});

test('5,000 decided requests are remembered, 200 wait whatever is decided', async () => {
  const { store, client } = await fresh();
  const rows = (state: string, from: number, to: number): void =>
    store.exec(
      `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to})
       INSERT INTO address_requests
         (address_id, invitation, key_set_hash, content_id, name, text, state, came_at, ends_day)
       SELECT 1, i || '', x'00', x'00', 'x', '', '${state}', 0, ${Math.floor(now / DAY) + 5} FROM n`,
    );
  rows('deleted', 1, 5_010);
  rows('waiting', 6_001, 6_200);
  client.addresses.hourly(now);
  const count = (state: string): unknown =>
    store.get('SELECT count(*) AS n FROM address_requests WHERE state = ?', state)?.['n'];
  assert.equal(count('deleted'), 5_000);
  assert.equal(count('waiting'), 200);
  client.addresses.hourly(now + 6 * DAY);
  assert.equal(count('waiting'), 0);
});
