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
/** Numbers of the tags in a log, as they stand. */
function tagsIn(path: string): number[] {
  const bytes = readFileSync(path);
  const numbers = Array.from({ length: bytes.length >> 3 }, (_, i) =>
    bytes.readUInt16BE(8 * i + 6),
  );
  return numbers.filter((n) => n !== 0);
}

/** Spearman's coefficient between numbers and where they stand, in standard deviations. */
function orderIn(numbers: readonly number[]): number {
  const n = numbers.length;
  const ranks = new Map([...numbers].sort((a, b) => a - b).map((one, rank) => [one, rank]));
  const squares = numbers.reduce((sum, one, i) => sum + ((ranks.get(one) ?? 0) - i) ** 2, 0);
  return (1 - (6 * squares) / (n * (n * n - 1))) * Math.sqrt(n - 1);
}

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
  assert.deepEqual(tagsIn(join(dir, '5.log')).sort(), [1, 2]);
});

test('a log as it was before, one tag behind the other, goes on', () => {
  for (const count of [1, 511, 512, 513, 1_500]) {
    const dir = tempDir();
    const path = join(dir, '5.log');
    const numbers = Array.from({ length: count }, (_, i) => i + 1);
    writeFileSync(path, Buffer.concat(numbers.map(tag)));
    const guard = newGuard();
    const log = new ReplayLog(dir, guard, [5]);
    assert.equal(guard.size(5), count);
    guard.insert(5, tag(9_999));
    log.stop();
    assert.deepEqual(
      tagsIn(path).sort((a, b) => a - b),
      [...numbers, 9_999],
    );
  }
});

test('of 512 tags nothing in the file says which came first, at whatever time one looks', () => {
  const dir = tempDir();
  let guard = newGuard();
  let log = new ReplayLog(dir, guard, []);
  const COUNT = 1_536;
  for (let n = 1; n <= COUNT; n++) {
    guard.insert(5, tag(n));
    // In batches of each size, with a start in between.
    if (n % 7 === 0 || n % 5 === 0) log.flush();
    if (n === 700) {
      log.stop();
      guard = newGuard();
      log = new ReplayLog(dir, guard, [5]);
      assert.equal(guard.size(5), 700);
      const begun = tagsIn(join(dir, '5.log'));
      assert.ok(Math.abs(orderIn(begun.slice(512))) < 4.5, 'of a block that is not full');
    }
  }
  log.stop();
  const all = tagsIn(join(dir, '5.log'));
  assert.equal(new Set(all).size, COUNT);
  for (const first of [0, 512, 1_024]) {
    const block = all.slice(first, first + 512);
    assert.ok(
      block.every((n) => n > first && n <= first + 512),
      'of two blocks it is seen',
    );
    assert.ok(Math.abs(orderIn(block)) < 4.5, `${orderIn(block)} sigmas`);
  }
  assert.ok(orderIn(all) > 20, 'control: blocks one behind the other are an order');
});

test('epochs whose keys are gone leave no tag, at the start and later', async () => {
  const dir = tempDir();
  const guard = newGuard();
  const log = new ReplayLog(dir, guard, []);
  for (const epoch of [5, 6, 7]) guard.insert(epoch, tag(epoch));
  log.flush();
  // What stays in the file system's free blocks, seen through other names.
  for (const epoch of [5, 6]) linkSync(join(dir, `${epoch}.log`), join(dir, `${epoch}.kept`));
  const left = (epoch: number): number[] => tagsIn(join(dir, `${epoch}.kept`));
  assert.deepEqual(left(5), [5]);
  await log.erase([5, 99]);
  assert.equal(existsSync(join(dir, '5.log')), false);
  assert.deepEqual(left(5), []);
  assert.equal(guard.has(5, tag(5)), false);
  log.stop();
  const again = newGuard();
  const last = new ReplayLog(dir, again, [7]);
  last.stop();
  await last.erase([]);
  assert.equal(existsSync(join(dir, '6.log')), false);
  assert.deepEqual(left(6), []);
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
  assert.equal(statSync(join(dir, '5.log')).size, 2_400_256, 'whole blocks');
  const again = newGuard();
  new ReplayLog(dir, again, [5]).stop();
  assert.equal(again.size(5), 300_000);
  assert.ok(again.has(5, wide(131_072)) && again.has(5, wide(300_000)));
});
