/** Several daemons of one profile (docs/spec/20-recovery.md, 9; docs/spec/10-store.md, 7): one speaks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE } from '@tacet/base';
import type { ModelPerson } from '@tacet/testkit/model';
import { backupOf, heard, lose, restore, tell, twoPeople } from './restored-people.ts';

const stopped = (person: ModelPerson): boolean =>
  person.machine.status(person.now).copiedAt !== null;

test('two daemons from one backup: the later one speaks, the other says so and sends nothing', async () => {
  const { world, alice, bob } = await twoPeople('two');
  const backup = backupOf(alice);
  lose(world, alice);
  const first = restore(world, backup, 'two/first');
  await world.run(HOUR);
  const one = tell(world, first, 'bob', 'from the first');
  await world.run(HOUR);
  assert.equal(first.machine.message(one).state, 'delivered');
  assert.ok(!stopped(first));
  const second = restore(world, backup, 'two/second');
  const two = tell(world, second, 'bob', 'from the second');
  await world.run(2 * HOUR);
  assert.equal(second.machine.message(two).state, 'delivered');
  assert.ok(stopped(first) && !stopped(second));
  assert.deepEqual([...first.alarms.keys()], ['restored-elsewhere']);
  const lost = tell(world, first, 'bob', 'too late');
  const three = tell(world, second, 'bob', 'and on');
  await world.run(2 * HOUR);
  assert.equal(first.machine.message(lost).copies, 0);
  assert.equal(second.machine.message(three).state, 'delivered');
  assert.deepEqual(heard(bob, 'alice'), ['from the first', 'from the second', 'and on']);
  assert.ok(!stopped(second), 'it stays the one');
});

test('the daemon of before, still running, stops by itself; its owner may let it go on in place of the other', async () => {
  const { world, alice, bob } = await twoPeople('former');
  const backup = backupOf(alice);
  await world.run(30 * MINUTE);
  const again = restore(world, backup, 'former/again');
  await world.run(2 * HOUR);
  assert.ok(stopped(alice) && !stopped(again));
  assert.ok(alice.alarms.has('restored-elsewhere'));
  const kept = tell(world, alice, 'bob', 'from the former');
  const said = tell(world, again, 'bob', 'from the restored');
  await world.run(HOUR);
  assert.equal(again.machine.message(said).state, 'delivered');
  assert.equal(alice.machine.message(kept).copies, 0);
  // The restored one was a mistake.
  lose(world, again);
  alice.act((client, now) => client.resume(now));
  await world.run(2 * HOUR);
  assert.equal(alice.machine.message(kept).state, 'delivered');
  // By the clocks of their writers.
  assert.deepEqual(heard(bob, 'alice'), ['from the former', 'from the restored']);
});

test('a backup of more than sixty days ago says that it may not lead to them', async () => {
  const { world, alice } = await twoPeople('old');
  const backup = backupOf(alice);
  lose(world, alice);
  const again = restore(world, { ...backup, at: backup.at - 61 * DAY }, 'old/again');
  await world.run(HOUR);
  const row = again.store.get('SELECT text FROM messages WHERE type = -1');
  assert.match(String(row?.['text']), /more than 60 days old.*meet them again/);
  assert.equal(again.store.get('SELECT 1 AS one FROM restating'), undefined);
});
