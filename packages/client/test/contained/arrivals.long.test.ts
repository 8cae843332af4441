/** A process that dies while it contains what it cannot save. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import { hold } from './hold.ts';
import { pair, sayApart } from './pair.ts';
import { faultsOf, POISON, Poison, textsIn } from './poison.ts';

test('invariant: a process that dies at any point of the containment comes to the same', async () => {
  const [world, alice, bob] = await pair('dies');
  faultsOf(bob);
  bob.store.fault = new Poison();
  const wanted: string[] = [];
  let letters = 0;
  const crashes = { statement: 0, save: 0 };
  for (const point of ['statement', 'save'] as const) {
    // Two in a row without a crash: past the end of the work.
    for (let count = 1, calm = 0; calm < 2; count += point === 'save' ? 1 : 3) {
      const names = [`${point} ${count} a`, `${point} ${count} ${POISON}`, `${point} ${count} c`];
      wanted.push(names[0] ?? '', names[2] ?? '');
      letters += 1;
      const before = bob.crashes;
      const release = hold(bob);
      await sayApart(world, alice, ...names);
      const whole = () => bob.store.get('SELECT count(*) AS n FROM fragments')?.['n'];
      for (let n = 0; n < 60 && whole() !== 3; n++) await world.run(MINUTE);
      assert.equal(whole(), 3);
      bob.crashAt(point, count);
      release();
      await world.run(MINUTE);
      crashes[point] += bob.crashes - before;
      calm = bob.crashes > before ? 0 : calm + 1;
      bob.calm();
      for (let n = 0; n < 60 && alice.machine.status(world.now).outbox > 0; n++) {
        await world.run(MINUTE);
      }
      assert.equal(alice.machine.status(world.now).outbox, 0, `${point} ${count}`);
      assert.equal(bob.machine.status(world.now).deadLetters, letters);
    }
  }
  assert.ok(crashes.statement > 10 && crashes.save > 2, JSON.stringify(crashes));
  assert.deepEqual(textsIn(bob), wanted);
});
