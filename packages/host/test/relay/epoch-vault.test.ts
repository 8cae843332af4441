import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HOUR, hex, isAppError } from '@tacet/base';
import { kemKeyPair } from '@tacet/crypto';
import { EpochVault } from '../../src/relay/epoch-vault.ts';
import { tempDir } from './temp.ts';

const schedule = { epochMs: HOUR, graceMs: 300_000, keysAhead: 2 };
const start = (epoch: number): number => epoch * HOUR;
const vaultIn = (dir: string) => new EpochVault(dir, () => schedule);

test('seeds of the current epoch and the K after it are made once, and are on the disk', async () => {
  const dir = tempDir();
  const vault = vaultIn(dir);
  await Promise.all([vault.ensure(start(10)), vault.ensure(start(10))]);
  assert.deepEqual(vault.stored(), [10, 11, 12]);
  const { firstEpoch, keys } = vault.publicKeys(start(10));
  assert.equal(firstEpoch, 10);
  assert.deepEqual(
    keys.map((key) => hex(key)),
    [10, 11, 12].map((epoch) => hex(kemKeyPair(readFileSync(vault.seedFile(epoch))).publicKey)),
  );
  assert.equal(statSync(vault.seedFile(10)).mode & 0o777, 0o600);
});

test('after a restart the same keys are there, and none is made anew', async () => {
  const dir = tempDir();
  const first = vaultIn(dir);
  await first.ensure(start(10));
  const second = vaultIn(dir);
  assert.equal(second.has(10), false);
  await second.ensure(start(10));
  assert.deepEqual(second.publicKeys(start(10)), first.publicKeys(start(10)));
});

test('mixnet case (14): an epoch whose grace is over is named, and its seed goes for good', async () => {
  const dir = tempDir();
  const vault = vaultIn(dir);
  await vault.ensure(start(10));
  assert.deepEqual(vault.expired(start(11) + schedule.graceMs - 1), []);
  assert.deepEqual(vault.expired(start(11) + schedule.graceMs), [10]);
  vault.wipe([10]);
  assert.equal(vault.has(10), false);
  assert.deepEqual(readdirSync(dir), ['11.seed', '12.seed']);
  await vault.ensure(start(11));
  assert.deepEqual(vault.stored(), [11, 12, 13]);
});

test('threads are wanted from a moment before the first packet until grace after the last', async () => {
  const vault = vaultIn(tempDir());
  await vault.ensure(start(10));
  const { graceMs } = schedule;
  assert.deepEqual(vault.current(start(10) + 1), [10]);
  assert.deepEqual(vault.current(start(11) - graceMs), [10, 11]);
  assert.deepEqual(vault.current(start(11) + graceMs), [11]);
  let at = start(10) + 1;
  const changes: number[] = [];
  for (let i = 0; i < 4; i++) {
    at = vault.nextChange(at);
    changes.push(at - start(10));
  }
  assert.deepEqual(changes, [graceMs, HOUR - graceMs - 5_000, HOUR, HOUR + graceMs]);
});

test('a damaged seed is an error that names no path and no byte', async () => {
  const dir = tempDir();
  const vault = vaultIn(dir);
  writeFileSync(join(dir, '10.seed'), new Uint8Array(31), { mode: 0o600 });
  await assert.rejects(vault.ensure(start(10)), (error) => isAppError(error, 'epoch-seed'));
  writeFileSync(join(dir, '10.seed'), new Uint8Array(32));
  chmodSync(join(dir, '10.seed'), 0o644);
  await assert.rejects(vault.ensure(start(10)), (error) => isAppError(error, 'key-readable'));
});
