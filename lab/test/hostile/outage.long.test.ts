/** Long trouble that is nobody's fault: what was written meanwhile arrives soon after. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import { exactly, meet } from '../../src/scenarios/steps.ts';
import { slowStage } from '../slow.ts';

const texts = Array.from({ length: 12 }, (_, n) => `text ${n}`);

test('a mix that is dead for hours delays texts no longer than it is dead', async () => {
  const stage = slowStage('dead mix');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await stage.killRelay('mix', 1);
  const ids: string[] = [];
  for (const text of texts) ids.push((await alice.send('bob', text)).id);
  await stage.pass(2 * HOUR);
  await stage.restartRelay('mix', 1);
  await stage.until(
    'all delivered',
    async () => {
      for (const id of ids) if ((await alice.message(id)).state !== 'delivered') return false;
      return true;
    },
    70 * MINUTE,
  );
  await exactly(bob, 'alice', texts);
  const { client } = stage.personOf(alice);
  const moves = ids.map((id) => client.message(id).evidence.filter((e) => e.what === 'moved'));
  assert.ok(moves.flat().length < 40, `${moves.flat().length} boxes given up`);
});

test('a reader whose answers are lost for long asks again by itself', async () => {
  const stage = slowStage('lost reads');
  const alice = await stage.person('alice');
  const bob = await stage.person('bob');
  await meet(stage, alice, bob);
  await bob.setLevel('strong');
  await stage.pass(2 * MINUTE);
  const person = stage.personOf(bob);
  const { client } = person;
  const onDown = client.onDown.bind(client);
  // Replies vanish, announcements come; nobody writes anything after it.
  client.onDown = (frame, now) => onDown({ ...frame, reply: null }, now);
  const { id } = await alice.send('bob', 'once');
  await stage.pass(30 * MINUTE);
  client.onDown = onDown;
  await stage.until(
    'delivered',
    async () => (await alice.message(id)).state === 'delivered',
    40 * MINUTE,
  );
  await exactly(bob, 'alice', ['once']);
});
