import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HOUR, hex, isAppError, randomBytes } from '@tacet/base';
import { type KemPublicKey, kemKeyPair, systemRng } from '@tacet/crypto';
import {
  createPacketBuilder,
  createPacketOpener,
  type DocumentHash,
  EpochReplayGuard,
  type Frame,
  type Hop,
  type Path,
} from '@tacet/onion';
import { EpochVault } from '../../src/relay/epoch-vault.ts';
import { readSeed } from '../../src/relay/seed-file.ts';
import { tempDir } from './temp.ts';

const schedule = { epochMs: HOUR, graceMs: 300_000, keysAhead: 2 };
const DOCUMENT = new Uint8Array(32).fill(7) as DocumentHash;
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

/** A packet for a mix of layer 1 with that key; what is behind it does not matter here. */
function capture(epoch: number, key: KemPublicKey): Frame {
  const hop = (own: KemPublicKey, index: number): Hop => ({ index, key: own, delayMs: 0 });
  const stranger = (): Hop => hop(kemKeyPair(randomBytes(systemRng, 32)).publicKey, 2);
  const path: Path = {
    epoch,
    documentHash: DOCUMENT,
    hops: [hop(key, 1), stranger(), stranger(), stranger()],
  };
  const frame = createPacketBuilder(systemRng).request(path, new Uint8Array(10), null);
  frame[1] = 1;
  return frame;
}

/** Whether a packet opens with a seed, for whoever asks nothing about epochs. */
function opensWith(seed: Uint8Array, frame: Frame): boolean {
  const view = { index: 1, documentHash: DOCUMENT, predecessor: null, delayCapMs: 1_000 };
  const opener = createPacketOpener({
    keys: { lookup: () => ({ ...view, secret: kemKeyPair(seed) }) },
    replay: new EpochReplayGuard({ capacity: 10, rng: systemRng, log: 'none' }),
    rng: systemRng,
    role: 'mix',
    layer: 1,
  });
  return opener.open(frame, 0).kind === 'forward';
}

test('mixnet case (14): a packet recorded in an epoch stays shut to who seizes the disk after it', async () => {
  const dir = tempDir();
  const vault = vaultIn(dir);
  await vault.ensure(start(10));
  const [key = assert.fail()] = vault.publicKeys(start(10)).keys;
  const recorded = capture(10, key);
  const renamed = [11, 12, 13].map((epoch) => {
    const frame = Uint8Array.from(recorded);
    new DataView(frame.buffer).setUint32(2, epoch);
    return frame;
  });
  const seized = () => readdirSync(dir).map((name) => readSeed(join(dir, name)));
  const opened = () =>
    seized().filter((seed) => [recorded, ...renamed].some((frame) => opensWith(seed, frame)));
  assert.equal(opened().length, 1, 'in its epoch the disk opens it');
  await vault.ensure(start(11));
  vault.wipe(vault.expired(start(11) + schedule.graceMs - 1));
  assert.equal(opened().length, 1, 'in its grace too');
  vault.wipe(vault.expired(start(11) + schedule.graceMs));
  assert.equal(seized().length, 3, 'the seeds of later epochs are there');
  assert.equal(opened().length, 0);
  await vault.ensure(start(10) + 1);
  assert.equal(opened().length, 0, 'a clock set back brings no seed back');
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
