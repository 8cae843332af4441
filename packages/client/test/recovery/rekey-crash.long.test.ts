/** Whoever dies at whichever statement while a restored daemon and its contact begin anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import { backupOf, heard, lines, lose, restore, tell, twoPeople } from './restored-people.ts';

const PHRASE = { salt: new Uint8Array(32).fill(1), root: new Uint8Array(32).fill(2) };

for (const who of ['the restored one', 'the contact'] as const) {
  test(`invariant: ${who} dies at any statement of beginning anew, and both talk again, nothing twice`, async () => {
    const { world, alice, bob } = await twoPeople(`dies ${who}`);
    // The contact list is posted, and read first.
    alice.act((client) => client.backups.set({ phrase: PHRASE }));
    await world.run(2 * HOUR);
    let backup = backupOf(alice);
    tell(world, alice, 'bob', 'after the backup');
    await world.run(10 * MINUTE);
    lose(world, alice);
    const wanted = ['after the backup'];
    let deaths = 0;
    let quiet = 0;
    let step = 1;
    for (let at = 1; quiet < 3; at += step) {
      tell(world, bob, 'alice', `waiting ${at}`);
      const again = restore(world, backup, `dies ${who} ${at}`);
      tell(world, again, 'bob', `again ${at}`);
      wanted.push(`again ${at}`);
      const dies = who === 'the contact' ? bob : again;
      const before = dies.crashes;
      dies.crashAt('statement', at);
      await world.run(25 * MINUTE);
      const died = dies.crashes > before;
      quiet = died ? 0 : quiet + 1;
      deaths += died ? 1 : 0;
      dies.calm();
      await world.run(35 * MINUTE);
      if (heard(bob, 'alice').length < wanted.length) await world.run(3 * HOUR);
      assert.deepEqual(heard(bob, 'alice'), wanted, `statement ${at}`);
      const back = heard(again, 'bob');
      assert.equal(back.at(-1), `waiting ${at}`, `statement ${at}`);
      assert.equal(new Set(back).size, back.length, `statement ${at}`);
      assert.equal(lines(again, 'bob').length, wanted.length - 1, `statement ${at}`);
      // The next computer is lost after another backup: a root has eight boxes in two days.
      backup = backupOf(again);
      lose(world, again);
      // The first ones begin anew; what follows is a rhythm that others test.
      if (at > 60) step = 5;
      if (at > 300) step = 37;
      if (at > 1_500) break;
    }
    assert.equal(lines(bob, 'alice').length, wanted.length - 1);
    assert.ok(deaths > 60, `${deaths} deaths`);
  });
}
