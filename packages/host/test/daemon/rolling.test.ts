/** The keeper of rolling copies: what fails fails the copy alone, is said, and is tried again in an hour. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProfileSnapshot, RollingRequest } from '@tacet/adapters/profiles-sqlcipher';
import { AppError } from '@tacet/base';
import { RollingKeeper } from '../../src/daemon/rolling.ts';
import { Row } from '../../src/daemon/row.ts';

const HOUR = 3_600_000;

/** What is under way has ended. */
const ended = (keeper: RollingKeeper) =>
  Promise.all(['expiring', 'running'].map((name) => Reflect.get(keeper, name)));

function scene() {
  const said: string[] = [];
  const steps: string[] = [];
  const state = { now: 0, due: true, make: async (_: RollingRequest): Promise<void> => {} };
  const row = new Row();
  const keeper = new RollingKeeper({
    copies: {
      kept: async () => [7],
      due: async () => state.due,
      expire: async (now) => void steps.push(`expire ${now}`),
      async make(request) {
        steps.push(`make ${request.at}`);
        await state.make(request);
      },
    },
    snapshot: async () =>
      ({ data: null, release: () => void steps.push('release') }) as unknown as ProfileSnapshot,
    turn: async (work) => work(state.now),
    row,
    log: { warn: (code) => void said.push(code), error: () => {} },
  });
  const tend = async (now: number): Promise<string[]> => {
    state.now = now;
    steps.length = 0;
    keeper.tend();
    await ended(keeper);
    return [...steps];
  };
  return { keeper, state, said, steps, row, tend };
}

test('what is due is made, from a snapshot that is let go; what has had its days ends first', async () => {
  const { keeper, state, steps, tend } = scene();
  assert.deepEqual(await tend(5), ['expire 5', 'make 5', 'release']);
  assert.deepEqual(await keeper.status(), { kept: [7], failed: null });
  state.due = false;
  assert.deepEqual(await tend(6), ['expire 6']);
  steps.length = 0;
  keeper.begin();
  await ended(keeper);
  assert.deepEqual(steps, ['expire 6'], 'an opening makes none');
});

test('a full disk is said, once an hour', async () => {
  const { keeper, state, said, tend } = scene();
  state.make = async () => {
    throw new AppError('disk-full', 'storage', 'full');
  };
  assert.deepEqual(await tend(5), ['expire 5', 'make 5', 'release']);
  assert.deepEqual((await keeper.status()).failed, { code: 'disk-full', at: 5 });
  assert.deepEqual(await tend(HOUR), [`expire ${HOUR}`]);
  assert.deepEqual((await keeper.status()).failed, { code: 'disk-full', at: 5 });
  assert.deepEqual(said, ['disk-full']);
  state.make = async () => {};
  assert.deepEqual((await tend(HOUR + 5)).length, 3);
  assert.equal((await keeper.status()).failed, null);
});

test('it waits while a backup has the snapshot, and ends with the profile', async () => {
  const { keeper, state, said, steps, row } = scene();
  const backup = Promise.withResolvers<void>();
  const before = row.next(() => backup.promise);
  keeper.tend();
  await new Promise(setImmediate);
  assert.deepEqual(steps, ['expire 0']);
  const begun = Promise.withResolvers<void>();
  state.make = ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('ended')));
      begun.resolve();
    });
  backup.resolve();
  await before;
  await begun.promise;
  await keeper.stop();
  assert.deepEqual(steps, ['expire 0', 'make 0', 'release']);
  assert.deepEqual(said, [], 'an end is no failure');
  keeper.tend();
  assert.equal(Reflect.get(keeper, 'running'), null);
});

test('a backup whose disk does not answer keeps no copy beyond its days', async () => {
  const { keeper, state, steps, row } = scene();
  void row.next(() => new Promise<void>(() => {}));
  const tend = async (now: number): Promise<void> => {
    state.now = now;
    keeper.tend();
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
  };
  await tend(0);
  await tend(7 * 24 * HOUR);
  assert.deepEqual(steps, ['expire 0', `expire ${7 * 24 * HOUR}`]);
  await keeper.stop(1);
});
