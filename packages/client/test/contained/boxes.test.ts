/** A box that cannot be taken, a frame, a task that fails: each alone, and the daemon goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '@tacet/base';
import type { Fault } from '@tacet/testkit/model';
import type { Engine } from '../../src/engine.ts';
import type { SqlRow } from '../../src/ports.ts';
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

test('a text that cannot disappear keeps no other from it, and is tried again in an hour', async () => {
  const [world, alice, bob] = await pair('sweep');
  const faults = faultsOf(bob);
  alice.act((client, now) =>
    client.talk.setTimer({ contactId: 'bob', seconds: 60, clientId: null }, now),
  );
  for (const text of ['first', 'stays', 'last']) say(world, alice, text);
  await world.run(20 * MINUTE);
  const { removal } = (Reflect.get(bob.machine, 'e') as Engine).messageList;
  type Sweep = (row: SqlRow, now: number) => void;
  const open = removal as unknown as { sweepRow: Sweep };
  const sweepRow = open.sweepRow.bind(removal);
  let broken = true;
  open.sweepRow = (row, now) => {
    if (broken && row['text'] === 'stays') throw new TypeError('planted');
    sweepRow(row, now);
  };
  bob.act((client, now) => client.markRead('alice', now));
  await world.run(5 * MINUTE);
  assert.deepEqual(
    textsIn(bob).filter((text) => text !== ''),
    ['stays'],
  );
  assert.deepEqual(faults, ['task-failed']);
  broken = false;
  await world.run(HOUR);
  assert.deepEqual(
    textsIn(bob).filter((text) => text !== ''),
    [],
  );
});

test('a feature that fails when its time has come is left alone for a minute, and no other waits for it', async () => {
  const [world, alice, bob] = await pair('timed');
  const faults = faultsOf(bob);
  const { visits } = Reflect.get(bob.machine, 'e') as Engine;
  let times = 0;
  visits.advance = () => {
    times += 1;
    throw new TypeError('planted');
  };
  const due = world.now;
  Object.defineProperty(visits, 'deadline', { get: () => due });
  say(world, alice, 'hello');
  await world.run(10 * MINUTE);
  assert.deepEqual(textsIn(bob), ['hello']);
  assert.ok(times >= 9 && times <= 11, `${times} times in ten minutes`);
  assert.deepEqual(new Set(faults), new Set(['task-failed']));
});
