/** Boxes to be written, whose sending or whose answer cannot be saved. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import type { PutEntry } from '../../src/boxes/put-entry.ts';
import type { Engine } from '../../src/engine.ts';
import { TRIES_PER_EDGE } from '../../src/limits.ts';
import { pair, say } from './pair.ts';
import { faultsOf, textsIn } from './poison.ts';

test('a box to be written whose answer cannot be taken rests, and is written after the next start', async () => {
  for (const what of ['onStored', 'onSent', 'onExhausted'] as const) {
    const [world, alice, bob] = await pair(`put ${what}`);
    const faults = faultsOf(alice);
    const { outbox, puts } = Reflect.get(alice.machine, 'e') as Engine;
    const last = alice.store.get('SELECT max(id) AS id FROM ciphertexts')?.['id'];
    const ref = Number(last ?? 0) + 1;
    let times = 0;
    const hears = outbox[what].bind(outbox) as (put: PutEntry, ...rest: unknown[]) => void;
    outbox[what] = (put: PutEntry, ...rest: unknown[]) => {
      if (put.ref !== ref) return hears(put, ...rest);
      times += 1;
      throw new TypeError('planted');
    };
    const id = say(world, alice, 'one');
    await alice.settle();
    if (what === 'onExhausted') {
      for (const put of puts.of('part', ref)) put.triesA = put.triesB = TRIES_PER_EDGE;
    }
    await world.run(HOUR);
    say(world, alice, 'two');
    await world.run(20 * MINUTE);
    assert.ok(textsIn(bob).includes('two'), what);
    assert.ok(times >= 1 && times <= 4, `${what}: ${times}`);
    assert.deepEqual(new Set(faults), new Set(['work-resting']), what);
    alice.stop();
    alice.start();
    // What was receipted meanwhile is with the next envelope.
    await world.run(HOUR);
    say(world, bob, 'back');
    await world.run(HOUR);
    assert.equal(alice.machine.message(id).state, 'delivered', what);
    assert.deepEqual(textsIn(bob).toSorted(), ['one', 'two'], what);
    assert.equal(alice.machine.status(world.now).outbox, 0, what);
  }
});
