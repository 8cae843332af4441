/** A box that cannot be taken, a frame, a task that fails: each alone, and the daemon goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import type { Fault } from '@tacet/testkit/model';
import type { Engine } from '../../src/engine.ts';
import { pair, say, sayApart } from './pair.ts';
import { faultsOf, lettersOf, textsIn } from './poison.ts';

test('a box whose content cannot be saved is set aside, others are read, and it comes after the next start', async () => {
  const [world, alice, bob] = await pair('box');
  const faults = faultsOf(bob);
  const seq = Number(alice.store.get('SELECT out_seq FROM contacts')?.['out_seq']) + 2;
  let times = 0;
  const run: NonNullable<Fault['run']> = (sql, params, next) => {
    if (!/^\s*INSERT INTO fragments/.test(sql) || params[1] !== seq) return next();
    times += 1;
    throw new TypeError('planted');
  };
  bob.store.fault = { run };
  await sayApart(world, alice, 'one', 'two', 'three');
  await world.run(20 * MINUTE);
  assert.deepEqual(textsIn(bob), ['one', 'three']);
  assert.ok(times >= 1 && times <= 9, `${times} boxes with it`);
  assert.deepEqual(new Set(faults), new Set(['box-failed']));
  assert.equal(bob.alarms.get('box-failed'), 1, 'told once an hour');
  assert.equal(bob.machine.counters()['box-failed'], times);
  assert.equal(alice.machine.status(world.now).outbox, 1, 'and never receipted');
  bob.store.fault = null;
  bob.stop();
  bob.start();
  for (let n = 0; n < 48 && alice.machine.status(world.now).outbox > 0; n++) {
    await world.run(HOUR / 2);
  }
  assert.deepEqual(textsIn(bob), ['one', 'two', 'three']);
  assert.deepEqual(lettersOf(bob), []);
});

test('what an edge sends may fail to be taken: the next frame is', async () => {
  const [world, alice, bob] = await pair('frame');
  const faults = faultsOf(bob);
  const { link } = Reflect.get(bob.machine, 'e') as Engine;
  const { onBroadcast, onReply } = link;
  let left = 20;
  link.onBroadcast = (frame, now) => {
    if (left-- > 0) throw new TypeError('planted');
    onBroadcast.call(link, frame, now);
  };
  link.onReply = (frame, now) => {
    if (left-- > 0) throw new RangeError('planted');
    onReply.call(link, frame, now);
  };
  say(world, alice, 'hello');
  say(world, bob, 'and back');
  await world.run(HOUR);
  assert.deepEqual([textsIn(bob), textsIn(alice)], [['hello'], ['and back']]);
  assert.deepEqual(faults, new Array(20).fill('input-failed'));
  assert.equal(bob.alarms.get('input-failed'), 1);
});

test('a task that fails keeps none of the others from being done', async () => {
  const [world, alice, bob] = await pair('task');
  const faults = faultsOf(bob);
  const engine = Reflect.get(bob.machine, 'e') as Engine;
  engine.outbox.repairHoles = () => {
    throw new TypeError('planted');
  };
  let tended = 0;
  engine.files.tend = () => {
    tended += 1;
  };
  say(world, alice, 'hello');
  await world.run(2 * HOUR);
  assert.ok(tended >= 23, `${tended}`);
  assert.deepEqual(textsIn(bob), ['hello']);
  assert.deepEqual(new Set(faults), new Set(['task-failed']));
  assert.ok((bob.alarms.get('task-failed') ?? 0) <= 3);
});
