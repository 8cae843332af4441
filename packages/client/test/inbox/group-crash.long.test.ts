/**
 * Texts that wait together are decrypted in one job and saved in one transaction, and the daemon dies
 * at every point on the way: each is shown once, in order, and receipted.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import { CRASH_POINTS, type ModelPerson } from '@tacet/testkit/model';
import type { Engine } from '../../src/engine.ts';
import { num } from '../../src/store/rows.ts';
import { World } from '../trust/world.ts';

const TEXTS = 5;

/** Boxes are read, and nothing is decrypted until this is called, or the daemon has died. */
function holdDecryption(person: ModelPerson): () => void {
  const { jobs } = Reflect.get(person.machine, 'e') as Engine;
  jobs.next = () => null;
  return () => {
    Reflect.deleteProperty(jobs, 'next');
  };
}

function wholeTexts(person: ModelPerson): number {
  const row = person.store.get('SELECT count(*) AS n FROM fragments WHERE part = 0');
  return row === undefined ? 0 : num(row, 'n');
}

test('invariant: a crash at any point of a job of several texts loses none and shows none twice', async () => {
  const world = new World('group');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  await world.meet(alice, bob);
  await world.run(5 * MINUTE);
  const wanted: string[] = [];
  const crashes = { statement: 0, save: 0, await: 0, effect: 0 };
  for (const point of CRASH_POINTS) {
    let died = true;
    for (let count = 1; died; count++) {
      const release = holdDecryption(bob);
      for (let n = 0; n < TEXTS; n++) {
        const text = `${point} ${count} ${n}`;
        wanted.push(text);
        alice.act((client, now) =>
          client.sendText({ contactId: 'bob', text, clientId: null }, now),
        );
      }
      for (let n = 0; n < 30 && wholeTexts(bob) < TEXTS; n++) await world.run(MINUTE);
      assert.equal(wholeTexts(bob), TEXTS);
      const before = bob.crashes;
      release();
      bob.crashAt(point, count);
      // What waits is looked at with the next thing that happens.
      bob.act((client, now) => client.advance(now));
      await world.run(MINUTE);
      died = bob.crashes > before;
      crashes[point] += bob.crashes - before;
      bob.calm();
      for (let n = 0; n < 60 && alice.machine.status(world.now).outbox > 0; n++) {
        await world.run(MINUTE);
      }
      assert.equal(alice.machine.status(world.now).outbox, 0, `${point} ${count}`);
    }
  }
  assert.ok(
    crashes.statement > 60 && crashes.save > 0 && crashes.await > 1,
    JSON.stringify(crashes),
  );
  assert.ok(crashes.effect > 3, JSON.stringify(crashes));
  const got = bob.store
    .all("SELECT text FROM messages WHERE direction = 'in' AND type = 1 ORDER BY id")
    .map((row) => row['text']);
  assert.deepEqual(got, wanted);
  assert.equal(bob.machine.status(world.now).deadLetters, 0);
});
