/** Two daemons on one copied store, in worse order; and what is no copy (docs/spec/10-store.md 7). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE, SECOND } from '@tacet/base';
import type { Person } from '../src/person.ts';
import { delivered, exactly } from '../src/scenarios/steps.ts';
import { say, slowPair } from './slow-pair.ts';

test('a copy made and started within the same minute is noticed within ten minutes, by one of both', async () => {
  const { stage, alice, bob, person } = await slowPair('copy at once');
  const { world } = stage;
  const second = world.addCopy(person);
  const texts = new Map<string, readonly [Person, string]>();
  for (let n = 0; n < 5; n++) {
    await stage.pass(7 * SECOND);
    texts.set(`first ${n}`, [person, (await alice.send('bob', `first ${n}`)).id]);
    texts.set(`second ${n}`, [second, say(world, second, `second ${n}`)]);
  }
  const noticed = (): number =>
    [person, second].filter(({ client }) => client.status(world.now).copiedAt !== null).length;
  await stage.until('somebody notices', async () => noticed() > 0, 12 * MINUTE);
  await stage.pass(HOUR);
  const there = (await bob.messages('alice')).map(({ text }) => text);
  assert.equal(new Set(there).size, there.length, 'nothing twice');
  for (const [text, [who, id]] of texts) {
    const { state } = who.client.message(id);
    if (state === 'delivered') assert.ok(there.includes(text), `${text} is shown as delivered`);
    else assert.ok(['sending', 'stored', 'unconfirmed'].includes(state), `${text}: ${state}`);
  }
});

test('a daemon that was killed, slept or changed its clock never takes itself for a copy', async () => {
  const { stage, alice, bob, person } = await slowPair('no copy');
  for (let n = 0; n < 12; n++) {
    await alice.kill();
    await stage.pass((n % 4) * 5 * SECOND);
    await alice.restart();
    await stage.pass(20 * SECOND);
  }
  person.skew = -20 * MINUTE;
  await stage.pass(HOUR);
  person.skew = 0;
  await alice.kill();
  await stage.pass(DAY / 8);
  await alice.restart();
  const { id } = await alice.send('bob', 'here again');
  await delivered(stage, alice, [id]);
  assert.equal((await alice.status()).copiedAt, null);
  await exactly(bob, 'alice', ['here again']);
});
