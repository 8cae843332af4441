/** Own delivery times: by level, by contact, and honest while there are few. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deliveries } from '../../src/levels/deliveries.ts';
import { MAX_DELIVERIES } from '../../src/limits.ts';
import { migratedStore } from '../migrated-store.ts';

function setUp() {
  const store = migratedStore();
  for (const id of [1, 2]) {
    store.run(
      `INSERT INTO contacts (id, name, given_name, trust, state, created_at, touched_at)
       VALUES (?, ?, '', 'link', 'ready', 0, 0)`,
      id,
      `c${id}`,
    );
  }
  const deliveries = new Deliveries(store);
  let id = 0;
  const message = (contactId: number): number => {
    id += 1;
    store.run(
      `INSERT INTO messages (id, contact_id, content_id, direction, type, text, sent_at, state)
       VALUES (?, ?, ?, 'out', 1, '', 0, 'queued')`,
      id,
      contactId,
      new Uint8Array([id & 255, id >> 8]),
    );
    return id;
  };
  /** A message that was stored after `stored` and receipted after `receipt`, ms. */
  const took = (
    contactId: number,
    level: 'strong' | 'balanced',
    stored: number,
    receipt: number,
  ) => {
    const one = { id: message(contactId), contactId, sentAt: 1_000 };
    deliveries.note({ ...one, state: 'sending' }, level, 1_000);
    deliveries.note({ ...one, state: 'stored' }, level, 1_000 + stored);
    deliveries.note({ ...one, state: 'delivered' }, level, 1_000 + receipt);
    return one.id;
  };
  return { store, deliveries, took };
}

test('rule 3.5: fewer than five deliveries are told as a count and not as a figure', () => {
  const { deliveries, took } = setUp();
  for (let n = 1; n <= 4; n++) took(1, 'strong', n, 10 * n);
  assert.deepEqual(deliveries.of('strong').receipt, { n: 4, p50: null, p95: null });
  took(1, 'strong', 5, 50);
  assert.deepEqual(deliveries.of('strong'), {
    level: 'strong',
    stored: { n: 5, p50: 3, p95: 5 },
    receipt: { n: 5, p50: 30, p95: 50 },
  });
  assert.equal(deliveries.of('balanced').receipt.n, 0);
});

test('a contact is judged by their own times over all levels, and by nobody else’s', () => {
  const { deliveries, took } = setUp();
  for (let n = 1; n <= 3; n++) took(1, 'strong', 1, 100);
  for (let n = 1; n <= 3; n++) took(1, 'balanced', 1, 200);
  for (let n = 1; n <= 9; n++) took(2, 'balanced', 1, 9_000);
  assert.deepEqual(deliveries.ofContact(1), { n: 6, p50: 200, p95: 200 });
});

test('a receipt that overtakes the answer counts; a clock set back counts as nothing, not less', () => {
  const { deliveries, took } = setUp();
  const id = took(1, 'balanced', 30, 20);
  assert.ok(id > 0);
  for (let n = 0; n < 4; n++) took(1, 'balanced', -50, -50);
  assert.deepEqual(deliveries.of('balanced').receipt, { n: 5, p50: 0, p95: 20 });
});

test('the newest are kept, and what belongs to a deleted message goes with it', () => {
  const { store, deliveries, took } = setUp();
  for (let n = 0; n < MAX_DELIVERIES + 20; n++) took(1, 'balanced', 1, 2);
  deliveries.tidy();
  const count = () => store.get('SELECT count(*) AS n FROM deliveries')?.['n'];
  assert.equal(count(), MAX_DELIVERIES);
  store.run('DELETE FROM messages WHERE id = ?', MAX_DELIVERIES + 20);
  assert.equal(count(), MAX_DELIVERIES - 1);
});
