/** What of replay tags, and of the order in which they came, stays in memory: buffers are looked at. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { mock, test } from 'node:test';
import { EpochReplayGuard } from '@tacet/onion';
import { seededRng } from '@tacet/testkit';
import { ReplayLog } from '../../src/relay/replay-log.ts';
import { BLOCK_BYTES, TagBlock } from '../../src/relay/tag-block.ts';
import { tempDir } from './temp.ts';

const TAGS = BLOCK_BYTES / 8;
const tag = (n: number) => Uint8Array.of(1, 0, 0, 0, 0, 0, n >> 8, n & 0xff);
const newGuard = () => new EpochReplayGuard({ capacity: 4_000, rng: seededRng(1), log: 'keep' });

function isWiped(bytes: Iterable<number>): boolean {
  return [...bytes].every((byte) => byte === 0);
}

/** Private, and a look into a seized process all the same. */
function listIn(block: TagBlock, name: 'places' | 'words'): Uint16Array | Uint32Array {
  const list: unknown = Reflect.get(block, name);
  assert.ok(list instanceof Uint16Array || list instanceof Uint32Array);
  return list;
}

test('a lot is overwritten once its tag stands there, and what lots were made of at once', () => {
  const block = new TagBlock();
  const places = listIn(block, 'places');
  assert.ok(!isWiped(places), 'control: lots that are still to be used');
  for (let n = 1; n <= TAGS; n++) {
    assert.ok(isWiped(listIn(block, 'words')));
    block.add(tag(n));
    assert.ok(isWiped(places.subarray(TAGS - n)), `after ${n} tags`);
  }
  assert.ok(block.isFull);
  block.wipe();
  assert.ok(isWiped(block.bytes));
});

test('tags that were written are overwritten, and the block when its epoch goes or the relay stops', async () => {
  const taken: Uint8Array[] = [];
  const written: Uint8Array[] = [];
  const guard = newGuard();
  const { writeSync } = fs;
  const take = guard.takeLog.bind(guard);
  mock.method(guard, 'takeLog', () => {
    const logs = take();
    taken.push(...logs.map(({ tags }) => tags));
    return logs;
  });
  const log = new ReplayLog(tempDir(), guard, []);
  Object.assign(fs, {
    writeSync: (...args: [number, Uint8Array, number, number, number]) => {
      written.push(args[1]);
      return writeSync(...args);
    },
  });
  syncBuiltinESMExports();
  try {
    for (const epoch of [5, 6]) guard.insert(epoch, tag(epoch));
    log.flush();
  } finally {
    Object.assign(fs, { writeSync });
    syncBuiltinESMExports();
  }
  assert.deepEqual([taken.length, taken.every(isWiped)], [2, true]);
  const [first, second] = written;
  assert.ok(first !== undefined && second !== undefined);
  assert.deepEqual([isWiped(first), isWiped(second)], [false, false], 'control: blocks in use');
  await log.erase([5]);
  assert.deepEqual([isWiped(first), isWiped(second)], [true, false]);
  log.stop();
  assert.ok(isWiped(second));
});

test('what a log was read into is overwritten', () => {
  const dir = tempDir();
  const before = newGuard();
  const begun = new ReplayLog(dir, before, []);
  for (let n = 1; n <= 700; n++) before.insert(5, tag(n));
  begun.stop();
  const guard = newGuard();
  const load = guard.load.bind(guard);
  const read: ArrayBufferLike[] = [];
  mock.method(guard, 'load', (epoch: number, tags: Uint8Array) => {
    read.push(tags.buffer);
    assert.ok(!isWiped(tags), 'control');
    load(epoch, tags);
  });
  new ReplayLog(dir, guard, [5]).stop();
  assert.equal(guard.size(5), 700);
  const [buffer] = read;
  assert.ok(read.length === 1 && buffer !== undefined);
  assert.ok(new Uint8Array(buffer).every((byte) => byte === 0));
});
