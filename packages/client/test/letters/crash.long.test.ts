/** A failed text is tried again, and the daemon dies at every point on the way: it arrives once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, MINUTE } from '@tacet/base';
import type { ModelPerson } from '@tacet/testkit/model';
import { World } from '../trust/world.ts';

const POINTS = ['statement', 'save', 'await', 'effect'] as const;
const COUNTS = { statement: 24, save: 8, await: 6, effect: 6 } as const;

/** Encrypts nothing of this person until it is given back. */
function breakEncryption(person: ModelPerson): () => void {
  const port = person['session'];
  const { encrypt } = port;
  port.encrypt = () => Promise.reject(new AppError('session-failed', 'bug', 'out of memory'));
  return () => {
    port.encrypt = encrypt;
  };
}

test('invariant: a crash at any point of a retry loses nothing and sends nothing twice', async () => {
  const world = new World('letters');
  const [alice, bob] = await world.join('alice', 'bob');
  assert.ok(alice && bob);
  await world.meet(alice, bob);
  await world.run(5 * MINUTE);
  const wanted: string[] = [];
  let crashes = 0;
  for (const point of POINTS) {
    for (let count = 1; count <= COUNTS[point]; count++) {
      const text = `${point} ${count}`;
      const mend = breakEncryption(alice);
      const id: string = world.ask(alice, (client, now) =>
        client.sendText({ contactId: 'bob', text, clientId: null }, now),
      ).id;
      await world.run(1_000);
      assert.equal(alice.machine.message(id).state, 'failed', text);
      mend();
      const before = alice.crashes;
      alice.crashAt(point, count);
      alice.act((client, now) => client.letters.retry(`out-${id}`, now));
      await world.run(30_000);
      crashes += alice.crashes - before;
      alice.calm();
      // Whoever saw no answer asks once more.
      alice.act((client, now) => client.letters.retry(`out-${id}`, now));
      alice.act((client, now) => client.letters.retry(`out-${id}`, now));
      wanted.push(text);
      const isThere = () => alice.machine.message(id).state === 'delivered';
      for (let minutes = 0; minutes < 60 && !isThere(); minutes++) await world.run(MINUTE);
      assert.equal(alice.machine.message(id).state, 'delivered', text);
      assert.equal(alice.machine.letters.get(`out-${id}`).state, 'over');
    }
  }
  assert.ok(crashes > 30, `${crashes} crashes`);
  const got = bob.machine.messages({ contactId: 'alice', limit: 500 });
  assert.deepEqual(
    got.filter(({ direction }) => direction === 'in').map(({ text }) => text),
    wanted,
  );
  assert.equal(alice.machine.status(world.now).deadLetters, 0);
});
