/** What a peer or a window can make grow stops at the figures of docs/limits.md, written out here. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { base64url, DAY, isAppError } from '@tacet/base';
import {
  createFakeSession,
  type MemoryStore,
  makeTestNetwork,
  seededRng,
  TEST_NOW,
} from '@tacet/testkit';
import { plainBuilder } from '@tacet/testkit/model';
import { Client } from '../src/client.ts';
import type { Engine } from '../src/engine.ts';
import { EventLog } from '../src/events/log.ts';
import { prepareProfile } from '../src/meeting/identity.ts';
import { migratedStore } from './migrated-store.ts';

const NETWORK = makeTestNetwork({ seed: 'caps' });
const code = (wanted: string) => (error: unknown) => isAppError(error, wanted);

describe('caps of a profile', () => {
  let store: MemoryStore;
  let client: Client;
  const now = TEST_NOW;
  const rng = seededRng('caps');

  /** `count` contacts that were met, in one statement. */
  const addContacts = (count: number): void =>
    store.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
       INSERT INTO contacts (name, given_name, trust, state, ready_at, created_at, touched_at)
       SELECT 'met ' || i, 'x', 'link', 'ready', 1, 0, 0 FROM n`,
    );
  const accept = () => {
    const network = base64url(NETWORK.document.networkId.slice(0, 8));
    const link = `tacet://invite/1#${base64url(rng.fill(new Uint8Array(32)))}.${network}`;
    return client.acceptInvitation({ link }, now);
  };
  const count = (table: string): unknown => store.get(`SELECT count(*) AS n FROM ${table}`)?.['n'];

  const fresh = async (): Promise<void> => {
    store = migratedStore();
    await prepareProfile(store, createFakeSession(rng), rng, { name: 'alice' });
    client = Client.open({ store, builder: plainBuilder, rng }, now);
    client.joinNetwork(NETWORK.cardText, now);
  };

  test('2,000 contacts', async () => {
    await fresh();
    addContacts(1_999);
    accept();
    assert.throws(accept, code('contacts-full'));
    assert.equal(count('contacts'), 2_000);
  });

  test('100 open invitations', async () => {
    await fresh();
    const create = () => client.createInvitation({ label: '' }, now);
    const [first] = Array.from({ length: 100 }, create);
    assert.throws(create, code('invitations-full'));
    client.revokeInvitation(first?.id ?? '', now);
    create();
    assert.throws(create, code('invitations-full'));
  });

  test('5,000 texts on their way', async () => {
    await fresh();
    addContacts(1);
    const { id } = client.contact('met 1');
    const addTexts = (state: string, from: number, to: number): void =>
      store.exec(
        `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to})
         INSERT INTO messages (contact_id, content_id, direction, type, text, sent_at, state)
         SELECT ${id}, randomblob(16), 'out', 1, 'x', 0, '${state}' FROM n`,
      );
    addTexts('queued', 1, 2_500);
    addTexts('stored', 2_501, 4_999);
    addTexts('delivered', 5_000, 6_000);
    const send = () => client.sendText({ contactId: id, text: 'x', clientId: null }, now);
    send();
    assert.throws(send, code('outbox-full'));
  });

  test('a ciphertext named as unreadable is encrypted anew at once eight times', async () => {
    await fresh();
    addContacts(1);
    const { id } = client.contact('met 1');
    const { outbox } = (client as unknown as { e: Engine }).e;
    const renewed = (posts: number): boolean => {
      store.exec(
        `DELETE FROM ciphertexts;
         INSERT INTO ciphertexts (id, contact_id, seq, data, created_at, posts)
         VALUES (1, ${id}, 1, x'00', 0, ${posts});
         INSERT INTO progress (ciphertext_id, part, idx) VALUES (1, 0, 7)`,
      );
      outbox.onUnreadable(Number(id), [{ seq: 1, index: 7 }], now + DAY);
      return store.get('SELECT renew FROM ciphertexts')?.['renew'] === 1;
    };
    // Posted once to begin with.
    assert.deepEqual([1, 8, 9, 10].map(renewed), [true, true, false, false]);
  });

  test('100,000 events, and less than a thousand more', async () => {
    await fresh();
    const log = new EventLog(store, () => undefined);
    store.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100500)
       INSERT INTO events (at, kind, subject) SELECT 0, 'alarm', 'x' FROM n`,
    );
    for (let n = 0; n < 1_000; n++) log.append(0, 'alarm', 'y');
    assert.equal(count('events'), 100_000);
    const newest = log.newest();
    assert.equal(log.read({ cursor: 0, max: 1 }).events[0]?.cursor, newest - 99_999);
    for (let n = 0; n < 999; n++) log.append(0, 'alarm', 'z');
    assert.equal(count('events'), 100_999);
  });
});
