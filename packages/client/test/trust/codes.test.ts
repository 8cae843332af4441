/** Short codes between daemons, over boxes: who is verified, restarts, limits, somebody between. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import type { ModelPerson } from '@tacet/testkit/model';
import { MAX_CODE_RUNS } from '../../src/limits.ts';
import { World } from './world.ts';

let world: World;
let alice: ModelPerson;
let bob: ModelPerson;

before(async () => {
  world = new World('codes');
  const [a, b] = await world.join('alice', 'bob');
  assert.ok(a && b);
  [alice, bob] = [a, b];
  await world.meet(alice, bob);
  await world.run(10 * MINUTE);
});

const start = (person: ModelPerson, contact: string) =>
  world.ask(person, (client, now) => client.codes.start(contact, now));
const get = (person: ModelPerson, contact: string) => person.machine.codes.get(contact, world.now);
const say = (person: ModelPerson, contact: string, found: 'same' | 'different') =>
  world.ask(person, (client, now) => client.codes.say(contact, found, now));
const level = (person: ModelPerson, contact: string) => person.machine.contact(contact).trust;

test('short code between daemons: the same digits through restarts, each says what they saw', async () => {
  assert.equal(start(alice, 'bob').state, 'waiting');
  assert.throws(() => start(alice, 'bob'), { code: 'code-open' });
  // Both are restarted at every step.
  for (let n = 0; n < 12; n++) {
    await world.run(30_000);
    for (const person of [alice, bob]) {
      person.stop();
      person.start();
    }
  }
  await world.run(5 * MINUTE);
  const [ours, theirs] = [get(alice, 'bob'), get(bob, 'alice')];
  assert.equal(ours.state, 'compare');
  assert.match(ours.code ?? '', /^\d{6}$/);
  assert.equal(ours.code, theirs.code);
  assert.deepEqual([ours.byUs, theirs.byUs], [true, false]);

  say(alice, 'bob', 'same');
  assert.equal(level(alice, 'bob'), 'verified');
  await world.run(3 * MINUTE);
  // What she saw is told and does not count for him.
  assert.equal(get(bob, 'alice').peerSaid, 'same');
  assert.equal(level(bob, 'alice'), 'link');
  say(bob, 'alice', 'same');
  assert.equal(level(bob, 'alice'), 'verified');
  assert.throws(() => say(bob, 'alice', 'same'), { code: 'code-missing' });
  await world.run(3 * MINUTE);
  assert.equal(get(alice, 'bob').peerSaid, 'same');
});

test('both begin at once: one run; a difference lowers both and is shown', async () => {
  start(alice, 'bob');
  start(bob, 'alice');
  await world.run(6 * MINUTE);
  const [ours, theirs] = [get(alice, 'bob'), get(bob, 'alice')];
  assert.deepEqual([ours.state, ours.code], ['compare', theirs.code]);
  assert.notEqual(ours.byUs, theirs.byUs);
  assert.deepEqual([ours.spent, theirs.spent], [2, 2], 'it counts once');
  say(alice, 'bob', 'same');
  say(bob, 'alice', 'different');
  await world.run(3 * MINUTE);
  for (const [person, contact] of [
    [alice, 'bob'],
    [bob, 'alice'],
  ] as const) {
    const { trust, trustWarning } = person.machine.contact(contact);
    assert.deepEqual([trust, trustWarning], ['unverified', 'code-differs']);
    assert.equal(get(person, contact).state, 'different');
  }
  const words = alice.machine.safety.facts('bob').map(({ what }) => what);
  assert.deepEqual(words.slice(-3), ['code-same', 'code-same', 'code-differs-there']);
});

test('attempts are limited on both sides, shown, and a run that nobody compares ends', async () => {
  start(alice, 'bob');
  await world.run(6 * MINUTE);
  assert.equal(get(bob, 'alice').state, 'compare');
  await world.run(HOUR + 10 * MINUTE);
  assert.equal(get(alice, 'bob').state, 'expired');
  assert.equal(get(bob, 'alice').state, 'expired');
  assert.deepEqual([get(alice, 'bob').spent, get(alice, 'bob').left], [MAX_CODE_RUNS, 0]);
  assert.throws(() => start(alice, 'bob'), { code: 'code-limit' });
  // A daemon without the limit is refused by the other: it gets no further guess.
  alice.store.run("UPDATE code_runs SET began_at = began_at - 86400000 WHERE state = 'expired'");
  start(alice, 'bob');
  await world.run(6 * MINUTE);
  assert.equal(get(alice, 'bob').state, 'stopped');
  assert.deepEqual([get(bob, 'alice').state, get(bob, 'alice').spent], ['expired', MAX_CODE_RUNS]);
});

test('attack: somebody between two people who think they are contacts is seen by the short code', async () => {
  const middle = new World('middle');
  const [anna, ben, mallory] = await middle.join('anna', 'ben', 'mallory');
  assert.ok(anna && ben && mallory);
  // Whoever handled the links put herself between: each knows her by the other's name.
  await middle.meet(anna, mallory);
  await middle.meet(ben, mallory);
  await middle.run(6 * MINUTE);
  middle.ask(anna, (client, now) => client.codes.start('mallory', now));
  middle.ask(mallory, (client, now) => client.codes.start('ben', now));
  await middle.run(6 * MINUTE);
  const seen = anna.machine.codes.get('mallory', middle.now);
  const other = ben.machine.codes.get('mallory', middle.now);
  assert.deepEqual([seen.state, other.state], ['compare', 'compare']);
  assert.notEqual(seen.code, other.code);
});
