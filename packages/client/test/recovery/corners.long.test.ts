/** Who else a restored daemon has to do with (docs/spec/20-recovery.md, 9 to 11). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import { sealRecord } from '@tacet/wire';
import { periodOf, statementBox } from '../../src/recovery/boxes.ts';
import { blob } from '../../src/store/rows.ts';
import { World } from '../trust/world.ts';
import { backupOf, heard, lines, lose, restore, tell, twoPeople } from './restored-people.ts';

const PHRASE = { salt: new Uint8Array(32).fill(1), root: new Uint8Array(32).fill(2) };

test('a contact who knows another identity is told with that identity’s keys, from the backup and from the list', async () => {
  const world = new World('identity');
  const [alice, bob, carol] = await world.join('alice', 'bob', 'carol');
  assert.ok(alice && bob && carol);
  alice.act((client) => client.backups.set({ phrase: PHRASE }));
  alice.act((client, now) => client.identities.create({ name: 'Work' }, now));
  await world.run(5 * MINUTE);
  const meet = async (guest: typeof bob): Promise<void> => {
    alice.act((client, now) =>
      client.createInvitation({ label: guest.name, identity: 'Work' }, now),
    );
    await world.run(4 * MINUTE);
    const link = alice.machine.invitations().find((one) => one.label === guest.name)?.link;
    assert.ok(link != null);
    guest.act((client, now) => client.acceptInvitation({ link }, now));
    await world.run(10 * MINUTE);
  };
  await meet(bob);
  const backup = backupOf(alice);
  await meet(carol);
  await world.run(2 * HOUR);
  lose(world, alice);
  const again = restore(world, backup, 'identity/again');
  await world.run(2 * HOUR);
  for (const one of [bob, carol]) {
    const said = tell(world, again, one.name, 'it is Work');
    const back = tell(world, one, 'Work', 'hello Work');
    await world.run(HOUR);
    assert.equal(again.machine.message(said).state, 'delivered', one.name);
    assert.equal(one.machine.message(back).state, 'delivered', one.name);
    assert.equal(again.machine.contact(one.name).identity.name, 'Work');
    assert.match(lines(one, 'Work').at(-1) ?? '', /restored/);
    assert.deepEqual([...one.alarms.keys()], []);
  }
});

test('who was being met when the backup was made is found by the list', async () => {
  const world = new World('meeting');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  alice.act((client) => client.backups.set({ phrase: PHRASE }));
  bob.act((client, now) => client.createInvitation({ label: 'alice' }, now));
  await world.run(4 * MINUTE);
  const link = bob.machine.invitations()[0]?.link;
  assert.ok(link != null);
  alice.act((client, now) => client.acceptInvitation({ link }, now));
  for (let n = 0; n < 100 && alice.machine.contacts()[0]?.steps.opened == null; n++) {
    await world.run(10_000);
  }
  const backup = backupOf(alice);
  assert.equal(alice.machine.contacts()[0]?.state, 'meeting');
  await world.run(2 * HOUR);
  tell(world, alice, 'bob', 'met');
  await world.run(HOUR);
  lose(world, alice);
  const again = restore(world, backup, 'meeting/again');
  const said = tell(world, again, 'bob', 'met again');
  await world.run(3 * HOUR);
  assert.equal(again.machine.message(said).state, 'delivered');
  assert.deepEqual(heard(bob, 'alice'), ['met', 'met again']);
});

test('attack: a box of a statement that somebody filled before keeps nobody from telling in the next', async () => {
  const { world, alice, bob } = await twoPeople('filled');
  const backup = backupOf(alice);
  const root = blob(bob.store.get('SELECT root FROM their_roots') ?? {}, 'root');
  for (let turn = 0; turn < 3; turn++) {
    const box = statementBox(root, periodOf(world.now), turn);
    const noise = new Uint8Array(2_264).fill(turn);
    bob.act((client, now) => {
      const { store, puts } = client['e'];
      store.transaction(() =>
        puts.add({
          owner: 'rest',
          ref: 0,
          part: 0,
          priority: 1,
          contactId: null,
          record: sealRecord(box, world.networkId as never, noise),
          mark: box.mark,
          notBefore: now,
          moves: 0,
        }),
      );
    });
  }
  await world.run(20 * MINUTE);
  lose(world, alice);
  const again = restore(world, backup, 'filled/again');
  const said = tell(world, again, 'bob', 'all the same');
  await world.run(2 * HOUR);
  assert.equal(again.machine.message(said).state, 'delivered');
  assert.ok((bob.alarms.get('restore-refused') ?? 0) >= 1, 'what stood there was no statement');
});

test('a daemon that stopped answers no statement before it goes on', async () => {
  const { world, alice, bob } = await twoPeople('stopped');
  const backup = backupOf(alice);
  lose(world, alice);
  bob.machine['e'].puts.paused = true;
  const again = restore(world, backup, 'stopped/again');
  const said = tell(world, again, 'bob', 'there?');
  await world.run(2 * HOUR);
  assert.equal(bob.store.get('SELECT state FROM statements')?.['state'], 'read');
  assert.deepEqual(lines(bob, 'alice'), []);
  bob.stop();
  bob.start();
  await world.run(2 * HOUR);
  assert.equal(again.machine.message(said).state, 'delivered');
});
