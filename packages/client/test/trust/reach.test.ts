import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR } from '@tacet/base';
import { Contacts } from '../../src/contacts/contacts.ts';
import { EventLog } from '../../src/events/log.ts';
import { reachOf } from '../../src/trust/reach.ts';
import { migratedStore } from '../migrated-store.ts';

const START = 1_800_000_000_000;

/** A contact that was last heard at START, and what was written to it. */
function ready() {
  const store = migratedStore();
  const contacts = new Contacts(store, new EventLog(store, () => {}));
  const id = store.transaction(() => contacts.create('bob', 'Bob', START));
  contacts.step(id, 'ready', START);
  contacts.heard(id, START);
  const write = (at: number, storedAt: number | null, posts = 1): void => {
    store.run(
      'INSERT INTO ciphertexts (contact_id, seq, data, created_at, stored_at, posts) VALUES (?, ?, ?, ?, ?, ?)',
      id,
      posts * 1_000 + at - START,
      new Uint8Array(1),
      at,
      storedAt,
      posts,
    );
  };
  const since = (now: number) => reachOf(store, contacts.row(id), now).silentSince;
  return { store, contacts, id, write, since };
}

test('not answering: said after three days, with what was written when and how often', () => {
  const { store, contacts, id, write, since } = ready();
  assert.equal(since(START + 9 * DAY), null, 'silence alone says nothing: nothing was written');
  write(START + HOUR, START + 2 * HOUR);
  write(START + DAY, null, 4);
  assert.equal(since(START + 2 * DAY), null);
  assert.equal(since(START + 3 * DAY), null, 'an hour too early');
  assert.equal(since(START + 3 * DAY + HOUR), START + HOUR);
  const reach = reachOf(store, contacts.row(id), START + 4 * DAY);
  assert.deepEqual(reach, {
    contactId: String(id),
    heardAt: START,
    silentSince: START + HOUR,
    waiting: 2,
    oldest: START + HOUR,
    postings: 4,
  });
});

test('a word of theirs ends it; what no edge has taken does not count against them', () => {
  const { contacts, id, write, since } = ready();
  write(START + HOUR, null);
  assert.equal(since(START + 5 * DAY), null, 'our own side could not send');
  write(START + 2 * HOUR, START + 3 * HOUR);
  assert.equal(since(START + 5 * DAY), START + 2 * HOUR);
  contacts.heard(id, START + 5 * DAY);
  assert.equal(since(START + 5 * DAY), null);
  // What they passed over before they spoke is a gap, and repaired as one.
  assert.equal(since(START + 9 * DAY), null);
  write(START + 6 * DAY, START + 6 * DAY);
  assert.equal(since(START + 9 * DAY), START + 6 * DAY);
  contacts.end(id, 'session-expired', START + 9 * DAY);
  assert.equal(since(START + 10 * DAY), null, 'an end is told by its own reason');
});
