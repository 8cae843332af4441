/** Saving what is to be sent fails at any statement: it is shown, made up for, and holds up nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import { BrokenWork } from './broken-work.ts';
import { hold } from './hold.ts';
import { pair, say } from './pair.ts';
import { faultsOf, lettersOf, textsIn } from './poison.ts';

test('invariant: saving what is sent fails at any statement, always: the text failed or rests, others go on', async () => {
  const [world, alice, bob] = await pair('unsaved');
  const faults = faultsOf(alice);
  const wanted: string[] = [];
  const ended = { failed: 0, rests: 0 };
  let statement: string | null = 'first';
  for (let at = 1; statement !== null; at++) {
    const release = hold(alice);
    const id = say(world, alice, `it ${at}`);
    const broken = new BrokenWork(at, ({ key }) => key === `message/${id}`);
    broken.plantIn(alice);
    say(world, alice, `behind ${at}`);
    wanted.push(`behind ${at}`, `it ${at}`);
    release();
    await world.run(20 * MINUTE);
    statement = broken.statement;
    assert.ok(textsIn(bob).includes(`behind ${at}`), statement ?? 'none');
    assert.ok(broken.times <= 3, 'tried no more often than it can help');
    const state = alice.machine.message(id).state;
    if (statement !== null) {
      assert.ok(state === 'failed' || state === 'queued', `${state}: ${statement}`);
      ended[state === 'failed' ? 'failed' : 'rests'] += 1;
    }
    alice.store.fault = null;
    alice.stop();
    alice.start();
    for (const letter of alice.machine.letters.list(null)) {
      world.ask(alice, (client, now) => client.letters.retry(letter.id, now));
    }
    await world.run(HOUR / 2);
    assert.equal(alice.machine.status(world.now).outbox, 0, statement ?? 'none');
  }
  assert.deepEqual(textsIn(bob).toSorted(), wanted.toSorted());
  assert.ok(ended.failed > 8, JSON.stringify(ended));
  assert.equal(faults.length, ended.failed + ended.rests);
});

test('invariant: a receipt, or a text written anew, cannot be saved: texts go on, and it is made up for', async () => {
  for (const what of ['receipt/', 'renewal/']) {
    const [world, alice, bob] = await pair(`unsaved ${what}`);
    faultsOf(alice);
    let statement: string | null = 'first';
    for (let at = 1; statement !== null; at++) {
      const broken = new BrokenWork(at, ({ key }) => key.startsWith(what));
      broken.plantIn(alice);
      say(world, bob, `to ${at}`);
      const id = say(world, alice, `from ${at}`);
      await world.run(10 * MINUTE);
      if (what === 'renewal/') {
        say(world, alice, `missed ${at}`);
        alice.act((client, now) => {
          alice.store.aside('UPDATE ciphertexts SET renew = 1, posts = posts + 1');
          client.advance(now);
        });
        say(world, alice, `later ${at}`);
      }
      await world.run(20 * MINUTE);
      statement = broken.statement;
      assert.ok(textsIn(bob).includes(`from ${at}`), statement ?? 'none');
      assert.ok(textsIn(alice).includes(`to ${at}`), statement ?? 'none');
      alice.store.fault = null;
      alice.stop();
      alice.start();
      // A receipt that failed is owed again with whatever comes.
      say(world, bob, `then ${at}`);
      await world.run(HOUR / 2);
      assert.equal(alice.machine.message(id).state, 'delivered');
      assert.equal(alice.machine.status(world.now).outbox, 0, statement ?? 'none');
      assert.equal(bob.machine.status(world.now).outbox, 0, statement ?? 'none');
    }
    assert.deepEqual([lettersOf(alice), lettersOf(bob)], [[], []]);
  }
});
