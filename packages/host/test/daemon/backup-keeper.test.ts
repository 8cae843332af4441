/** The keeper of backups beside disks that do not answer. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAppError, Sensitive } from '@tacet/base';
import { systemRng } from '@tacet/crypto';
import { BackupKeeper } from '../../src/daemon/backup/keeper.ts';
import { rootFor } from '../../src/daemon/backup/recover.ts';
import { Row } from '../../src/daemon/row.ts';

const plan = {
  ...{ folder: '/nowhere', hours: 24, files: true, number: 0, pending: null, formerRoot: null },
  ...{ salt: new Uint8Array(32), root: new Uint8Array(32), madeAt: null, pieces: 0 },
  ...{ failed: null, failedAt: null },
};

function plansNoting(failed: string[]) {
  return {
    plan: () => plan,
    set: () => plan,
    due: () => 0,
    pending: () => {},
    made: () => {},
    failed: (code: string) => void failed.push(code),
  };
}

test('a disk that never answers keeps no daemon from ending, and no wipe', async () => {
  const failed: string[] = [];
  const asked = Promise.withResolvers<void>();
  const keeper = new BackupKeeper({
    dir: '/nowhere/else',
    rng: systemRng,
    log: { warn: () => {}, error: () => {} },
    plans: plansNoting(failed),
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

test('a folder that stops answering is given up: the log is let go, others have their turn, none is asked again', async (t) => {
  const failed: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'tacet-silent-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const answer = Promise.withResolvers<Uint8Array>();
  let snapshots = 0;
  let released = 0;
  const file = { bytes: 4_096, read: () => answer.promise, check: () => {} };
  const row = new Row();
  const keeper = new BackupKeeper({
    dir: '/nowhere/else',
    rng: systemRng,
    log: { warn: () => {}, error: () => {} },
    plans: { ...plansNoting(failed), plan: () => ({ ...plan, folder }) },
    snapshot: async () => {
      snapshots += 1;
      const release = () => {
        released += 1;
      };
      return { databaseKey: new Uint8Array(32), data: file, cells: null, release };
    },
    turn: async (work) => work(0),
    row,
    silence: 50,
  });
  // Before, it was waited for until the daemon ended.
  await assert.rejects(keeper.create(false), (error) => isAppError(error, 'backup-folder-failed'));
  assert.equal(released, 1);
  await row.next(async () => {});
  await assert.rejects(keeper.create(false), (error) => isAppError(error, 'backup-folder-failed'));
  assert.equal(snapshots, 1, 'what still waits is not joined by another');
  assert.deepEqual(failed, ['backup-folder-failed', 'backup-folder-failed']);
  answer.resolve(new Uint8Array(4_096));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(readdirSync(folder), [], 'nothing of it stands');
  await keeper.stop(20);
});

test('a folder that is to be tested is read before anything that an unlocking would wait for', async () => {
  const phrase = new Sensitive(
    'legal winner thank year wave sausage worth useful legal winner thank yellow',
  );
  const began: string[] = [];
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    began.push('alone');
    return await work();
  };
  await assert.rejects(rootFor('/nowhere/at/all', phrase, alone), (error) =>
    isAppError(error, 'backup-missing'),
  );
  assert.deepEqual(began, []);
});
