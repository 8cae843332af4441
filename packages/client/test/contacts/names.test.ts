/** Names that a peer chose for themself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { Contacts, cleanName } from '../../src/contacts/contacts.ts';
import { EventLog } from '../../src/events/log.ts';
import { peerGivenName } from '../../src/meeting/given-name.ts';
import { migratedStore } from '../migrated-store.ts';

function contacts(): Contacts {
  const store = migratedStore();
  return new Contacts(store, new EventLog(store, () => undefined));
}

test('a name cannot turn the direction of a line, break it or hide', () => {
  const hostile = '\u202Eecila\u2066\u200B\u0000\n\u2028\u{E0041} \u001B[31m';
  assert.equal(peerGivenName(hostile), 'ecila [31m');
  for (const empty of ['', ' ', '\u202E', '\u200B\u2060', 'x'.repeat(65)]) {
    assert.equal(peerGivenName(empty), 'someone');
    assert.throws(
      () => cleanName(empty),
      (error) => isAppError(error, 'name-invalid'),
    );
  }
});

test('a peer cannot take the name, or by a number the place, of somebody else', () => {
  const list = contacts();
  const first = list.create('guest', '', 0);
  const second = list.create('guest', '', 0);
  list.introduce(first, 'bob', 'guest', 0);
  list.introduce(second, 'bob', 'guest-2', 0);
  assert.equal(list.find('bob')['id'], first);
  const third = list.create('guest', '', 0);
  list.introduce(third, String(first), 'guest', 0);
  assert.equal(list.find(String(first))['id'], first);
  assert.equal(list.find(`contact ${first}`)['id'], third);
  assert.throws(
    () => list.rename(String(third), '1', 0),
    (error) => isAppError(error, 'name-invalid'),
  );
});
