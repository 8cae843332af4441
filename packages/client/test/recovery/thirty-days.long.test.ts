/**
 * A computer is lost thirty days after its last backup (docs/spec/20-recovery.md, 8 to 11): every contact,
 * also those met since, talks again by itself and sees a line about it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE } from '@tacet/base';
import { World } from '../trust/world.ts';
import { backupOf, heard, lines, lose, restore, tell } from './restored-people.ts';

const PHRASE = { salt: new Uint8Array(32).fill(1), root: new Uint8Array(32).fill(2) };

test('a backup thirty days old: every contact, also those met since, talks again without a manual step', async () => {
  const world = new World('thirty days');
  const [alice, bob, carol, dave] = await world.join('alice', 'bob', 'carol', 'dave');
  assert.ok(alice && bob && carol && dave);
  alice.act((client) => client.backups.set({ phrase: PHRASE }));
  await world.meet(alice, bob);
  await world.run(HOUR);
  const backup = backupOf(alice);
  const everybody = [...world.people];
  /** Computers run for some hours of each day. */
  const days = async (n: number): Promise<void> => {
    for (let day = 0; day < n; day++) {
      for (const person of everybody) person.stop();
      world.layer.skip(world.now + DAY - 3 * HOUR);
      for (const person of everybody) person.start();
      await world.run(3 * HOUR);
    }
  };
  await days(5);
  // She invites, and is invited.
  await world.meet(alice, carol);
  await days(17);
  await world.meet(dave, alice);
  await days(9);
  for (const [n, one] of [bob, carol, dave].entries()) {
    tell(world, alice, one.name, `news ${n}`);
    tell(world, one, 'alice', 'thanks');
  }
  await world.run(2 * HOUR);
  assert.ok(world.now - backup.at > 30 * DAY);
  lose(world, alice);
  const waiting = [bob, carol, dave].map((one) => tell(world, one, 'alice', 'where are you?'));
  await world.run(5 * HOUR);
  const again = restore(world, backup, 'thirty days/again');
  await world.run(6 * HOUR);
  assert.deepEqual(
    again.machine
      .contacts()
      .map(({ name, state }) => `${name} ${state}`)
      .toSorted(),
    ['bob ready', 'carol ready', 'dave ready'],
  );
  for (const [n, one] of [bob, carol, dave].entries()) {
    assert.match(lines(one, 'alice').at(-1) ?? '', /restored their profile/, one.name);
    assert.match(lines(again, one.name).at(-1) ?? '', /restored from a backup/, one.name);
    assert.equal(one.machine.message(waiting[n] ?? '').state, 'delivered', one.name);
    assert.equal(heard(again, one.name).at(-1), 'where are you?', one.name);
    const id = tell(world, again, one.name, 'here');
    await world.run(30 * MINUTE);
    assert.equal(again.machine.message(id).state, 'delivered', one.name);
    assert.deepEqual(heard(one, 'alice').at(-1), 'here', one.name);
    // The whole key set came with the new session.
    const sql = 'SELECT 1 AS one FROM contacts WHERE name = ? AND mldsa65 IS NOT NULL';
    assert.ok(again.store.get(sql, one.name) !== undefined, one.name);
  }
  assert.deepEqual([...again.alarms.keys()], []);
});
