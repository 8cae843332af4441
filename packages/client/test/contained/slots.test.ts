/** What fails before, in or after a slot, or with the cells of files: a frame leaves, and all else goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '@tacet/base';
import type { PacketBuilder, ReplyKeys } from '@tacet/onion';
import { MemoryCells, seededRng } from '@tacet/testkit';
import type { ModelPerson } from '@tacet/testkit/model';
import type { Engine } from '../../src/engine.ts';
import { CellQueue, type CellSource, cellJob } from '../../src/files/cell-jobs.ts';
import type { Guard } from '../../src/network/guard.ts';
import { RequestTracker } from '../../src/network/requests.ts';
import type { Planner } from '../../src/rhythm/planner.ts';
import { Faults } from '../../src/status/faults.ts';
import { expireRequests } from '../../src/status/timed.ts';
import { Attempts } from '../../src/store/attempt.ts';
import { migratedStore } from '../migrated-store.ts';
import { pair, say } from './pair.ts';
import { faultsOf, textsIn } from './poison.ts';

const engineOf = (person: ModelPerson) => Reflect.get(person.machine, 'e') as Engine;
const planted = (): never => {
  throw new TypeError('planted');
};

/** What a link works with. */
function partsOf(person: ModelPerson): { planner: Planner; guard: Guard } {
  return Reflect.get(engineOf(person).link, 'd') as { planner: Planner; guard: Guard };
}

test('what a slot is to carry cannot be chosen: a frame leaves in each slot, and texts when it can', async () => {
  const [world, alice, bob] = await pair('slots');
  const faults = faultsOf(bob);
  const { planner } = partsOf(bob);
  const { next } = planner;
  let broken = true;
  planner.next = (now, unanswered) => (broken ? planted() : next.call(planner, now, unanswered));
  const sent = (person: ModelPerson) => engineOf(person).levels.usage.sinceStart.up;
  const before = [sent(alice), sent(bob)];
  say(world, bob, 'hello');
  await world.run(10 * MINUTE);
  const frames = [alice, bob].map((person, n) => (sent(person) - (before[n] ?? 0)) / 12_288);
  assert.ok(Math.abs((frames[0] ?? 0) - (frames[1] ?? 0)) <= 1, `${frames}`);
  assert.ok(faults.length > 30 && faults.every((code) => code === 'task-failed'));
  assert.equal(bob.alarms.get('task-failed'), 1);
  assert.deepEqual(textsIn(alice), []);
  broken = false;
  await world.run(10 * MINUTE);
  assert.deepEqual(textsIn(alice), ['hello']);
});

test('the level cannot go on: it is left alone for a minute, and texts arrive', async () => {
  const [world, alice, bob] = await pair('levels');
  const faults = faultsOf(bob);
  const engine = engineOf(bob);
  let times = 0;
  engine.levels.advance = () => {
    times += 1;
    planted();
  };
  say(world, alice, 'hello');
  say(world, bob, 'and back');
  await world.run(10 * MINUTE);
  assert.deepEqual([textsIn(bob), textsIn(alice)], [['hello'], ['and back']]);
  assert.ok(times >= 9 && times <= 11, `${times} times in ten minutes`);
  assert.equal(faults.length, times);
});

test('no door can be drawn: it is tried again within a minute, and not at once', async () => {
  const [world, alice, bob] = await pair('door');
  const faults = faultsOf(bob);
  const { guard } = partsOf(bob);
  const { door } = guard;
  let left = 3;
  guard.door = (network, now) => (left-- > 0 ? planted() : door.call(guard, network, now));
  engineOf(bob).link.redial(world.now);
  say(world, alice, 'hello');
  await world.run(20 * MINUTE);
  assert.deepEqual(textsIn(bob), ['hello']);
  assert.deepEqual(faults, ['task-failed', 'task-failed', 'task-failed']);
});

/** Faults of a store of its own. */
function scene() {
  const store = migratedStore();
  const attempts = new Attempts(store);
  const told: string[] = [];
  const tell = (code: string): number => told.push(code);
  const faults = new Faults({ attempts, alarm: () => undefined, tell });
  return { store, attempts, faults, told };
}

test('requests that were not answered are settled, whichever of them fails', () => {
  const { faults, told } = scene();
  const requests = new RequestTracker({} as PacketBuilder, seededRng('expire'));
  const settled: number[] = [];
  for (let n = 0; n < 9; n++) {
    const settle = (): void => {
      settled.push(n);
      if (n % 3 === 0) planted();
    };
    const id = requests.replyId(new Uint8Array(8));
    requests.expect(id, new Uint8Array(0) as ReplyKeys, n < 8 ? 10 + n : 99, { settle }, 0);
  }
  expireRequests(faults, requests, 50);
  assert.deepEqual(settled, [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(told, ['task-failed', 'task-failed', 'task-failed']);
  assert.equal(requests.size, 1);
});

test('work on cells that cannot be saved fails, or rests until the next start; other work goes on', async () => {
  const { store, attempts, faults, told } = scene();
  const said: string[] = [];
  const source = (name: string, jobs: number, fail: () => void): CellSource => ({
    nextCellJob: () =>
      jobs-- <= 0
        ? null
        : cellJob({
            run: async () => name,
            commit: () => {
              said.push(`${name} commits`);
              if (name !== 'sound') planted();
            },
            fail: () => {
              said.push(`${name} fails`);
              fail();
            },
          }),
  });
  const queue = new CellQueue(store, [
    { nextCellJob: planted },
    source('one', 1, () => undefined),
    source('other', 9, planted),
    source('sound', 2, () => undefined),
  ]);
  queue.tells(attempts, faults);
  const cells = new MemoryCells();
  for (let job = queue.next(0); job !== null; job = queue.next(0)) {
    queue.finish(job, await job.run(cells), 0);
  }
  const each = ['one commits', 'one fails', 'other commits', 'other fails'];
  assert.deepEqual(said, [...each, 'sound commits', 'sound commits']);
  assert.deepEqual(told, ['work-resting', 'work-failed', 'work-resting']);
});
