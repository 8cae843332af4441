/** Contacts who were away when a restored daemon told them (docs/spec/20-recovery.md, 9 and 10). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR } from '@tacet/base';
import { backupOf, lose, restore, tell, twoPeople } from './restored-people.ts';

test('a contact who was away for longer than any box lives hears of it, and so does one who is restored, too', async () => {
  const { world, alice, bob } = await twoPeople('away');
  const [of, his] = [backupOf(alice), backupOf(bob)];
  lose(world, alice);
  bob.stop();
  const again = restore(world, of, 'away/again');
  const said = tell(world, again, 'bob', 'long ago');
  await world.run(12 * DAY);
  bob.start();
  await world.run(12 * HOUR);
  assert.equal(again.machine.message(said).state, 'delivered');
  // And now both lose their computers.
  lose(world, again);
  lose(world, bob);
  const [a, b] = [restore(world, of, 'away/a'), restore(world, his, 'away/b')];
  const hers = tell(world, a, 'bob', 'from her');
  const answer = tell(world, b, 'alice', 'from him');
  await world.run(3 * DAY);
  assert.equal(a.machine.message(hers).state, 'delivered');
  assert.equal(b.machine.message(answer).state, 'delivered');
});
