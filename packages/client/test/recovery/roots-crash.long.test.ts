/** Whoever dies while a recovery root is told (docs/spec/20-recovery.md, 8). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, hex, MINUTE } from '@tacet/base';
import type { ModelPerson } from '@tacet/testkit/model';
import { blob } from '../../src/store/rows.ts';
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
