/** A restored daemon and its contacts begin anew by themselves (docs/spec/20-recovery.md, 9 and 10). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import { backupOf, heard, lines, lose, restore, tell, twoPeople } from './restored-people.ts';

test('a restored daemon talks again without a manual step, and both sides see a line about it', async () => {
  const { world, alice, bob } = await twoPeople('again');
  tell(world, alice, 'bob', 'before');
  await world.run(10 * MINUTE);
  const backup = backupOf(alice);
  // Far more than the numbers of the backup: they must not be taken for received.
  for (let n = 0; n < 30; n++) {
    tell(world, alice, 'bob', `after ${n}`);
    tell(world, bob, 'alice', `back ${n}`);
    await world.run(MINUTE);
  }
  await world.run(10 * MINUTE);
  const seen = heard(bob, 'alice').length;
  assert.equal(seen, 31);
  lose(world, alice);
  const waiting = tell(world, bob, 'alice', 'are you there?');
  await world.run(HOUR);
  assert.notEqual(bob.machine.message(waiting).state, 'delivered');
  const again = restore(world, backup, 'again/2');
  const first = tell(world, again, 'bob', 'here I am');
  await world.run(2 * HOUR);
  assert.equal(again.machine.message(first).state, 'delivered');
  assert.equal(bob.machine.message(waiting).state, 'delivered');
  assert.equal(heard(bob, 'alice').at(-1), 'here I am');
  assert.equal(heard(again, 'bob').at(-1), 'are you there?');
  assert.match(lines(bob, 'alice').at(-1) ?? '', /restored their profile/);
  assert.match(lines(again, 'bob').at(-1) ?? '', /restored from a backup/);
  for (const [one, to] of [
    [again, 'bob'],
    [bob, 'alice'],
  ] as const) {
    const id = tell(world, one, to, 'and on');
    await world.run(30 * MINUTE);
    assert.equal(one.machine.message(id).state, 'delivered');
    assert.deepEqual(
      [...one.alarms.keys()].filter((code) => code.startsWith('restore')),
      [],
    );
  }
  assert.equal(bob.store.get("SELECT 1 AS one FROM statements WHERE state <> 'done'"), undefined);
  assert.equal(again.store.get('SELECT 1 AS one FROM restating'), undefined);
  // What is left of trust: the keys are the same.
  assert.equal(bob.machine.contact('alice').trustWarning, null);
});
