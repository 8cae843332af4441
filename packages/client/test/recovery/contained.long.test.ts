/** Beginning anew where saving fails by a mistake of ours (docs/spec/18-conversations.md, 8), and clocks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE } from '@tacet/base';
import { periodOf, TURNS } from '../../src/recovery/boxes.ts';
import { num } from '../../src/store/rows.ts';
import { BrokenWork } from '../contained/broken-work.ts';
import { faultsOf } from '../contained/poison.ts';
import { backupOf, heard, lose, restore, tell, twoPeople } from './restored-people.ts';

for (const [work, by] of [
  ['rekey', 'the contact'],
  ['restate', 'the restored one'],
  ['restated', 'the restored one'],
] as const) {
  test(`invariant: saving "${work}" fails at any statement, always: nobody ends, and with the next version both talk`, async () => {
    const seen = new Set<string>();
    let statement: string | null = 'first';
    for (let at = 1; statement !== null; at += 2) {
      const { world, alice, bob } = await twoPeople(`${work} ${at}`);
      const backup = backupOf(alice);
      lose(world, alice);
      const again = restore(world, backup, `${work} ${at}/again`);
      const broken = by === 'the contact' ? bob : again;
      for (const one of [bob, again]) faultsOf(one);
      const fault = new BrokenWork(at, ({ key }) => key.startsWith(`${work}/`));
      fault.plantIn(broken);
      const said = tell(world, again, 'bob', 'all the same');
      await world.run(20 * MINUTE);
      statement = fault.statement;
      if (statement !== null) seen.add(statement);
      broken.store.fault = null;
      broken.stop();
      broken.start();
      await world.run(3 * HOUR);
      assert.equal(again.machine.message(said).state, 'delivered', `${at}: ${statement}`);
      assert.deepEqual(heard(bob, 'alice'), ['all the same'], `${at}: ${statement}`);
    }
    assert.ok(seen.size >= 2, `${seen.size} statements`);
  });
}

test('a clock that was months ahead, and set right, leaves the boxes of now waited for, and no others', async () => {
  const { world, bob } = await twoPeople('clock');
  const indexes = (): number[] =>
    bob.store
      .all("SELECT idx FROM watches WHERE owner = 'recovery' ORDER BY idx")
      .map((row) => num(row, 'idx'));
  const before = indexes();
  assert.ok(before.length > 0);
  const { roots } = bob.machine['e'].reader;
  roots.tend(world.now + 90 * DAY);
  assert.ok(indexes().every((index) => index > (before.at(-1) ?? 0)));
  roots.tend(world.now);
  assert.deepEqual(indexes(), before);
  assert.ok(before.includes(periodOf(world.now) * TURNS));
});

test('boxes of a contact that is gone are not waited for', async () => {
  const { world, alice, bob } = await twoPeople('gone');
  const waiting = () =>
    num(bob.store.get("SELECT count(*) AS n FROM watches WHERE owner = 'recovery'") ?? {}, 'n');
  assert.ok(waiting() > 0);
  bob.act((client, now) => client.deleteContact('alice', false, now));
  assert.equal(waiting(), 0);
  assert.ok(alice.up);
  await world.run(HOUR);
  assert.equal(waiting(), 0);
});
