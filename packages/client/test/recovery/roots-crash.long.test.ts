/** Whoever dies while a recovery root is told (docs/spec/20-recovery.md, 8). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, hex, MINUTE } from '@tacet/base';
import type { ModelPerson } from '@tacet/testkit/model';
import { blob, num } from '../../src/store/rows.ts';
import { World } from '../trust/world.ts';

const rootsIn = ({ store }: ModelPerson, table: string): string[] =>
  store
    .all(`SELECT root FROM ${table} WHERE contact_id = 1 ORDER BY rowid`)
    .map((row) => hex(blob(row, 'root')));
const own = (person: ModelPerson) => rootsIn(person, 'own_roots')[0] ?? '';
const theirs = (person: ModelPerson) => rootsIn(person, 'their_roots');

test('invariant: told at any statement that fails, a root is in force at its writer only when the contact has it', async () => {
  const world = new World('crash');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  await world.meet(alice, bob);
  await world.run(5 * MINUTE);
  for (let at = 1; at <= 60; at++) {
    alice.store.run('UPDATE own_roots SET own_at = own_at - ?', 30 * DAY);
    const dies = at % 2 === 0 ? alice : bob;
    await world.run(HOUR - 10 * MINUTE);
    dies.crashAt('statement', at);
    await world.run(15 * MINUTE);
    dies.calm();
    assert.ok(theirs(bob).includes(own(alice)), `statement ${at}`);
    await world.run(HOUR);
    assert.equal(theirs(bob).at(-1), own(alice), `statement ${at}`);
  }
  assert.ok(alice.crashes + bob.crashes > 40, `${alice.crashes + bob.crashes} deaths`);
});

test('rule 3.6: a contact who does not answer is told one root at most, and who is blocked none', async () => {
  const world = new World('silent');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  await world.meet(alice, bob);
  await world.run(5 * MINUTE);
  bob.stop();
  alice.store.run('UPDATE own_roots SET own_at = own_at - ?', 30 * DAY);
  await world.run(2 * HOUR);
  const open = () =>
    num(alice.store.get('SELECT count(*) AS n FROM ciphertexts WHERE seq > 0') ?? {}, 'n');
  assert.equal(open(), 1);
  alice.store.run('UPDATE own_roots SET own_at = own_at - ?', 30 * DAY);
  await world.run(4 * HOUR);
  assert.equal(open(), 1);
  bob.start();
  await world.run(8 * HOUR);
  assert.equal(open(), 0);
  assert.equal(theirs(bob).at(-1), own(alice));
  alice.act((client, now) => client.blockContact('bob', now));
  alice.store.run('UPDATE own_roots SET own_at = own_at - ?', 30 * DAY);
  await world.run(2 * HOUR);
  const notices = "SELECT 1 AS one FROM notices WHERE kind = 'recovery'";
  assert.equal(alice.store.get(notices), undefined);
});
