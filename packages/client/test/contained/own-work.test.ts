/** What is to be sent and cannot be built or saved fails alone, is shown with why, and holds up nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import type { ModelPerson } from '@tacet/testkit/model';
import type { Engine } from '../../src/engine.ts';
import { hold } from './hold.ts';
import { pair, say } from './pair.ts';
import { faultsOf, lettersOf, textsIn } from './poison.ts';

/** Until the next start. */
function unbuildable(person: ModelPerson, id: number): void {
  type Build = (contactId: number, what: { readonly messageId: number | null }) => unknown;
  const { outbox } = Reflect.get(person.machine, 'e') as Engine;
  const open = outbox as unknown as { bodyOf: Build };
  const bodyOf = open.bodyOf.bind(outbox);
  open.bodyOf = (contactId, what) => {
    if (what.messageId === id) throw new TypeError('planted');
    return bodyOf(contactId, what);
  };
}

test('a text that cannot be built has failed, and those behind it are sent', async () => {
  const [world, alice, bob] = await pair('unbuilt');
  const faults = faultsOf(alice);
  const release = hold(alice);
  const ids = ['one', 'two', 'three'].map((text) => say(world, alice, text));
  const [, id = ''] = ids;
  unbuildable(alice, Number(id));
  release();
  await world.run(20 * MINUTE);
  assert.deepEqual(textsIn(bob).toSorted(), ['one', 'three']);
  assert.equal(alice.machine.message(id).state, 'failed');
  assert.deepEqual(lettersOf(alice), [['work-failed', 'dead']]);
  const [letter] = alice.machine.letters.list(null);
  assert.match(`${letter?.why} ${letter?.what}`, /a mistake in Tacet.*try again/);
  assert.deepEqual(faults, ['work-failed']);
  assert.equal(alice.alarms.get('work-failed'), 1);
  // Over a restart nothing is tried by itself; by hand it fails once more, or is sent.
  alice.stop();
  alice.start();
  unbuildable(alice, Number(id));
  await world.run(10 * MINUTE);
  assert.equal(faults.length, 1);
  const retry = () =>
    world.ask(alice, (client, now) => client.letters.retry(letter?.id ?? '', now)).state;
  assert.equal(retry(), 'retried');
  await world.run(10 * MINUTE);
  assert.deepEqual([alice.machine.message(id).state, faults.length], ['failed', 2]);
  alice.stop();
  alice.start();
  retry();
  await world.run(20 * MINUTE);
  assert.deepEqual(textsIn(bob).toSorted(), ['one', 'three', 'two']);
});
