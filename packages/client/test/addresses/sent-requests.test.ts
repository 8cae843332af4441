/** A request of our own that is answered by nobody we would meet: it ends, and says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError, MINUTE } from '@tacet/base';
import { BOX_PLAINTEXT, type BoxRecord } from '@tacet/wire';
import { World } from '../trust/world.ts';

/** Bob has asked at Alice's address; what stands in the box of its answer is nonsense. */
async function spoiled(seed: string) {
  const world = new World(seed);
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  // Away: the real owner does not answer first.
  const address =
    world.ask(alice, (client, now) => client.addresses.create({ label: 'shop' }, now)).link ?? '';
  alice.stop();
  const { id } = world.ask(bob, (client, now) =>
    client.sendRequest({ address, text: 'hello' }, now),
  );
  await world.run(5 * MINUTE);
  const { e } = { e: bob.machine['e'] };
  const sql = 'SELECT * FROM sent_requests WHERE contact_id = ?';
  const row = bob.store.get(sql, Number(id));
  assert.equal(row?.['state'], 'open', 'control: it waits for an answer');
  const watch = e['watches'].find('invite', Number(row['invitation_id']), 2);
  assert.ok(watch !== null);
  bob.act((_, now) =>
    bob.store.transaction(() =>
      e.invitationList.onRecord(
        watch,
        new Uint8Array(BOX_PLAINTEXT).fill(7),
        new Uint8Array(2_400) as BoxRecord,
        now,
      ),
    ),
  );
  await world.run(MINUTE);
  return { world, bob, id, address, state: () => bob.store.get(sql, Number(id))?.['state'] };
}

test('a request whose answer is nonsense ends with its text, and another may be sent', async () => {
  const { world, bob, id, address, state } = await spoiled('nonsense');
  const contact = bob.machine.contact(id);
  assert.deepEqual([contact.state, contact.reason], ['ended', 'invitation-spoiled']);
  const [message] = bob.machine.messages({ contactId: id, limit: 10 });
  assert.equal(message?.state, 'failed', 'not on its way for ever');
  assert.equal(state(), 'ended', 'nothing more is posted');
  assert.deepEqual(bob.machine['e'].puts.of('request', Number(id)), []);
  assert.equal(bob.machine['e']['watches'].find('request', Number(id), 0), null);
  const again = world.ask(bob, (client, now) => {
    try {
      return client.sendRequest({ address, text: 'hello again' }, now).state;
    } catch (error) {
      return isAppError(error) ? error.code : String(error);
    }
  });
  assert.equal(again, 'meeting');
});
