/** The keeper of backups beside disks that do not answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRng } from '@tacet/crypto';
import { BackupKeeper } from '../../src/daemon/backup/keeper.ts';
import { Row } from '../../src/daemon/row.ts';

test('a disk that never answers keeps no daemon from ending, and no wipe', async () => {
  const failed: string[] = [];
  const plan = {
    ...{ folder: '/nowhere', hours: 24, files: true, number: 0, pending: null, formerRoot: null },
    ...{ salt: new Uint8Array(32), root: new Uint8Array(32), madeAt: null, pieces: 0 },
    ...{ failed: null, failedAt: null },
  };
  const asked = Promise.withResolvers<void>();
  const keeper = new BackupKeeper({
    dir: '/nowhere/else',
    rng: systemRng,
    log: { warn: () => {}, error: () => {} },
    plans: {
      plan: () => plan,
      set: () => plan,
      due: () => 0,
      pending: () => {},
      made: () => {},
      failed: (code) => void failed.push(code),
    },
    snapshot: () => {
      asked.resolve();
      return new Promise(() => {});
    },
    turn: async (work) => work(0),
    row: new Row(),
  });
  keeper.tend();
  await asked.promise;
  assert.equal((await keeper.status()).running, true);
  const from = performance.now();
  await keeper.stop(20);
  assert.ok(performance.now() - from < 5_000);
  assert.deepEqual(failed, [], 'an end is no failure');
  const idle = new BackupKeeper({ ...Reflect.get(keeper, 'options') });
  await idle.stop(60_000);
});
