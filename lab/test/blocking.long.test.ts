/** Blocking and deleting contacts (docs/spec/16-addresses.md, 5 and 6). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, isAppError, MINUTE, utf8 } from '@tacet/base';
import type { ProfileStore } from '@tacet/client';
import type { LabStage } from '../src/scenarios/lab-stage.ts';
import type { Actor } from '../src/scenarios/stage.ts';
import { delivered, exactly, linkOf, meet } from '../src/scenarios/steps.ts';
import { contactNamed, storeOf } from './address-steps.ts';
import { slowStage } from './slow.ts';

function block(stage: LabStage, who: Actor, contact: string): void {
  const person = stage.personOf(who);
  person.client.blockContact(contact, stage.world.clockOf(person));
  stage.world.pumpPerson(person);
}

/** The newest erasure this person has signed. */
function lastErasure(stage: LabStage, who: Actor): number {
  const sql = "SELECT seq FROM sqlite_sequence WHERE name = 'tombstones'";
  const row = storeOf(stage.personOf(who)).get(sql);
  return typeof row?.['seq'] === 'number' ? row['seq'] : 0;
}

test('a blocked contact sees a daemon that is away, and what it kept arrives when the block ends', async () => {
  const stage = slowStage('block');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await stage.pass(2 * MINUTE);
  const waiting = await alice.send('bob', 'written in the moment before');
  block(stage, alice, 'bob');
  const person = stage.personOf(alice);
  const erased = lastErasure(stage, alice);
  const cursor = person.client.newestCursor();
  const watched = storeOf(person).get('SELECT in_head AS n FROM contacts')?.['n'];
  const texts = ['one', 'two', 'three'];
  const sent: string[] = [];
  for (const text of texts) sent.push((await bob.send('alice', text)).id);
  await stage.pass(10 * MINUTE);
  // Read as ever, so that no edge sees a difference, and neither shown, receipted nor erased.
  const head = storeOf(person).get('SELECT in_head AS n FROM contacts')?.['n'];
  assert.ok(typeof head === 'number' && typeof watched === 'number' && head > watched);
  assert.equal(lastErasure(stage, alice), erased);
  await exactly(alice, 'bob', []);
  const { events } = person.client.readEvents({ cursor, max: 500 });
  assert.deepEqual(
    events.filter(({ kind }) => kind === 'message' || kind === 'contact' || kind === 'alarm'),
    [],
  );
  for (const id of sent) assert.notEqual((await bob.message(id)).state, 'delivered');
  await exactly(bob, 'alice', []);
  assert.throws(
    () => person.client.sendText({ contactId: 'bob', text: 'no', clientId: null }, stage.world.now),
    (error) => isAppError(error, 'contact-blocked'),
  );
  // Kill -9 changes nothing of it.
  await alice.kill();
  await alice.restart();
  await stage.pass(2 * MINUTE);
  assert.equal(contactNamed(stage, alice, 'bob')?.blocked, true);
  stage.personOf(alice).client.unblockContact('bob', stage.world.now);
  stage.world.pumpPerson(stage.personOf(alice));
  await stage.until(
    'all arrives',
    async () => (await alice.messages('bob')).length === 1 + texts.length,
    HOUR,
  );
  await exactly(alice, 'bob', texts);
  await delivered(stage, bob, sent);
  await delivered(stage, alice, [waiting.id]);
  await exactly(bob, 'alice', ['written in the moment before']);
});

test('who was blocked and deleted answers an invitation in vain, and is not shown', async () => {
  const stage = slowStage('blocked guest');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  const person = stage.personOf(alice);
  person.client.deleteContact('bob', true, stage.world.now);
  stage.world.pumpPerson(person);
  const link = await linkOf(stage, alice, 'somebody');
  await bob.accept(link, 'alice again');
  await stage.until(
    'bob is refused',
    async () => contactNamed(stage, bob, 'alice again')?.reason === 'invitation-refused',
    HOUR,
  );
  assert.deepEqual(await alice.contacts(), []);
  // And an offer of theirs is refused before anything is said.
  const theirs = await linkOf(stage, bob, 'alice');
  await alice.accept(theirs, 'who is it');
  await stage.until(
    'alice is told',
    async () => contactNamed(stage, alice, 'who is it')?.reason === 'contact-blocked',
    HOUR,
  );
});

/** Every value of every table, as text in hexadecimal or as it is. */
function everything(store: ProfileStore): string {
  const tables = store.all("SELECT name FROM sqlite_master WHERE type = 'table'");
  const values: string[] = [];
  for (const { name } of tables) {
    if (typeof name !== 'string') continue;
    for (const row of store.all(`SELECT * FROM "${name}"`)) {
      for (const value of Object.values(row)) {
        values.push(value instanceof Uint8Array ? value.toHex() : String(value));
      }
    }
  }
  return values.join('\n');
}

test('nothing of a deleted contact is left in the profile: texts, names, keys, ratchet, boxes', async () => {
  const stage = slowStage('delete');
  const alice = await stage.person('alice');
  const bob = await stage.person('bobolink');
  const carol = await stage.person('carol');
  await meet(stage, alice, bob);
  await meet(stage, alice, carol);
  const said = await alice.send('bobolink', 'a secret word: heliotrope');
  await delivered(stage, alice, [said.id]);
  await stage.pass(2 * MINUTE);
  const person = stage.personOf(alice);
  const store = storeOf(person);
  const row = store.get("SELECT * FROM contacts WHERE name = 'bobolink'");
  assert.ok(row !== undefined);
  const keys = ['identity_key', 'key_set_hash', 'ed25519', 'mldsa65', 'out_chain', 'in_chain'].map(
    (column) => {
      const value = row[column];
      assert.ok(value instanceof Uint8Array, column);
      return value.toHex();
    },
  );
  // As introductions and scans leave them.
  const carols = store.get("SELECT id FROM contacts WHERE name = 'carol'")?.['id'] ?? null;
  store.run(
    `INSERT INTO introductions (token, role, state, contact_id, other_id, key_set_hash, name, note,
       at, moved_at, ends_at) VALUES (x'01', 'first', 'met', ?, ?, ?, 'bobolink', '', 0, 0, 0)`,
    carols,
    row['id'] ?? null,
    row['key_set_hash'] ?? null,
  );
  store.run(
    "INSERT INTO scans (key_set_hash, nonce, name, at) VALUES (?, x'02', 'bobolink', 0)",
    row['key_set_hash'] ?? null,
  );
  store.run(
    "INSERT INTO trust_facts (contact_id, at, what, level, by_id, by_name) VALUES (?, 0, 'introduced', 'introduced', ?, 'bobolink')",
    carols,
    row['id'] ?? null,
  );
  const traces = [...keys, 'heliotrope', 'bobolink', `contact-${row['id']}`];
  const before = everything(store);
  for (const trace of traces) assert.ok(before.includes(trace), trace);
  person.client.deleteContact('bobolink', false, stage.world.now);
  stage.world.pumpPerson(person);
  await stage.pass(MINUTE);
  const after = everything(store);
  for (const trace of traces) {
    assert.ok(!after.includes(trace), trace);
    assert.ok(!after.includes(utf8(trace).toHex()), `${trace} inside bytes`);
  }
  const left = store.get(
    "SELECT count(*) AS n FROM watches WHERE owner IN ('stream','beacon') AND ref = ?",
    row['id'] ?? null,
  );
  assert.equal(left?.['n'], 0);
  // What they go on writing is not read, and others are as before.
  const { id } = await bob.send('alice', 'are you there?');
  const other = await carol.send('alice', 'hello');
  await delivered(stage, carol, [other.id]);
  await stage.pass(5 * MINUTE);
  assert.notEqual((await bob.message(id)).state, 'delivered');
  assert.equal((await alice.contacts()).length, 1);
  await alice.kill();
  await alice.restart();
  await stage.pass(MINUTE);
  assert.equal((await alice.contacts()).length, 1);
});
