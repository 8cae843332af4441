/** A contact deleted between its answer and the work that opens it (docs/spec/09-meeting.md, 4). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import { World } from '../trust/world.ts';

test('who answered is deleted before the answer was opened: the invitation is over, and all goes on', async () => {
  const world = new World('deleted guest');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  await world.meet(alice, bob);
  await world.run(5 * MINUTE);
  const { id } = alice.machine.contact('bob');
  // As it stands between the box and the work.
  alice.store.run(
    `UPDATE invitations SET state = 'answered', bundle = zeroblob(8), reply = zeroblob(400)
     WHERE contact_id = ?`,
    Number(id),
  );
  world.ask(alice, (client, now) => client.deleteContact('bob', false, now));
  await world.run(5 * MINUTE);
  assert.equal(alice.machine.contacts().length, 0);
  const state = alice.store.get('SELECT state FROM invitations')?.['state'];
  assert.equal(state, 'used');
  alice.stop();
  alice.start();
  await world.run(MINUTE);
});
