import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EpochReplayGuard } from '@tacet/onion';
import { seededRng } from '@tacet/testkit';
import { ReplayLog } from '../../src/relay/replay-log.ts';
import { tempDir } from './temp.ts';

const tag = (n: number) => Uint8Array.of(0, 0, 0, 0, 0, 0, n >> 8, n & 0xff);
const newGuard = () => new EpochReplayGuard({ capacity: 400_000, rng: seededRng(1), log: 'keep' });

test('what was flushed is known after a restart, what was not is not', () => {
  const dir = tempDir();
  const guard = newGuard();
  const log = new ReplayLog(dir, guard, []);
  guard.insert(5, tag(1));
  guard.insert(6, tag(2));
  log.flush();
  guard.insert(5, tag(3));

  const again = newGuard();
  const second = new ReplayLog(dir, again, [5, 6]);
  assert.deepEqual(
    [again.has(5, tag(1)), again.has(6, tag(2)), again.has(5, tag(3))],
    [true, true, false],
  );
  again.insert(5, tag(4));
  second.stop();
  const third = newGuard();
  new ReplayLog(dir, third, [5, 6]).stop();
  assert.ok(third.has(5, tag(1)) && third.has(5, tag(4)), 'stop flushes; a log goes on');
  assert.equal(third.size(5), 2);
});

test('a torn last tag is cut off, and the next one starts in its place', () => {
  const dir = tempDir();
  const guard = newGuard();
  const log = new ReplayLog(dir, guard, []);
  guard.insert(5, tag(1));
  log.stop();
  appendFileSync(join(dir, '5.log'), Uint8Array.of(9, 9, 9));
  const again = newGuard();
  const second = new ReplayLog(dir, again, [5]);
  again.insert(5, tag(2));
  second.stop();
  const bytes = readFileSync(join(dir, '5.log'));
  assert.deepEqual(new Uint8Array(bytes), Uint8Array.from([...tag(1), ...tag(2)]));
});

test('epochs whose keys are gone leave no tag, at the start and later', async () => {
  const dir = tempDir();
  const guard = newGuard();
  const log = new ReplayLog(dir, guard, []);
  for (const epoch of [5, 6, 7]) guard.insert(epoch, tag(epoch));
  log.flush();
  // What stays in the file system's free blocks, seen through other names.
  for (const epoch of [5, 6]) linkSync(join(dir, `${epoch}.log`), join(dir, `${epoch}.kept`));
  const left = (epoch: number): number[] => [...readFileSync(join(dir, `${epoch}.kept`))];
  assert.deepEqual(left(5), [...tag(5)]);
  await log.erase([5, 99]);
  assert.equal(existsSync(join(dir, '5.log')), false);
  assert.deepEqual(left(5), Array<number>(8).fill(0));
  assert.equal(guard.has(5, tag(5)), false);
  log.stop();
  const again = newGuard();
  const last = new ReplayLog(dir, again, [7]);
  last.stop();
  await last.erase([]);
  assert.equal(existsSync(join(dir, '6.log')), false);
  assert.deepEqual(left(6), Array<number>(8).fill(0));
  assert.ok(again.has(7, tag(7)) && !again.has(6, tag(6)));
});

test('a log larger than one piece is overwritten whole', async () => {
  const dir = tempDir();
  const path = join(dir, '5.log');
  writeFileSync(path, new Uint8Array(600_001).fill(7));
  linkSync(path, join(dir, 'kept'));
  const log = new ReplayLog(dir, newGuard(), []);
  log.stop();
  await log.erase([]);
  assert.equal(existsSync(path), false);
  const kept = readFileSync(join(dir, 'kept'));
  assert.equal(kept.length, 600_001);
  assert.ok(kept.every((byte) => byte === 0));
});

test('a log that cannot be removed is said', async () => {
  const dir = tempDir();
  mkdirSync(join(dir, '5.log'));
  const log = new ReplayLog(dir, newGuard(), []);
  log.stop();
  await assert.rejects(log.erase([]));
});

test('a log larger than one read comes back whole', () => {
  const dir = tempDir();
  const guard = newGuard();
  const log = new ReplayLog(dir, guard, []);
  const wide = (n: number) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setUint32(2, n);
    return bytes;
  };
  for (let n = 1; n <= 300_000; n++) guard.insert(5, wide(n));
  log.stop();
  assert.equal(statSync(join(dir, '5.log')).size, 2_400_000);
  const again = newGuard();
  new ReplayLog(dir, again, [5]).stop();
  assert.equal(again.size(5), 300_000);
  assert.ok(again.has(5, wide(131_072)) && again.has(5, wide(300_000)));
});
