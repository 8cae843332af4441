import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ChangeLog } from '../../src/boxes-sqlite/change-log.ts';
import { traced } from './disk-trace.ts';
import { tempDir } from './temp.ts';

const HEAD = 24;
const ENTRY = 16;
/** Numbers of entries of five commits. */
const COMMITS = [3, 1, 40, 2, 7];

interface Held {
  readonly lists: readonly (readonly number[])[];
  readonly size: number;
}

function emptyLog(): string {
  const path = join(tempDir(), 'changes');
  ChangeLog.create(path);
  return path;
}

function held(path: string): Held {
  const log = new ChangeLog(path);
  const found = log.load(5, ({ lists, size }) => ({ lists: lists.map((one) => [...one]), size }));
  log.close();
  return found;
}

function listOf(commit: number, count: number): number[] {
  return Array.from({ length: 4 * count }, (_, i) => 1_000 * (commit + 1) + i);
}

function appendAll(log: ChangeLog): void {
  COMMITS.forEach((count, commit) => {
    log.append(10 + commit, count, (entries) => entries.set(listOf(commit, count)));
  });
}

function expected(commits: number): Held {
  const lists = COMMITS.slice(0, commits).map((count, commit) => listOf(commit, count));
  return { lists, size: commits === 0 ? 5 : 9 + commits };
}

/** The file of five commits, and how many of them end at each offset. */
function written(): { path: string; bytes: Buffer; wholeAt: (offset: number) => number } {
  const path = emptyLog();
  const log = new ChangeLog(path);
  appendAll(log);
  log.close();
  const ends = COMMITS.map((_, i) =>
    COMMITS.slice(0, i + 1).reduce((sum, count) => sum + HEAD + count * ENTRY, 0),
  );
  return {
    path,
    bytes: readFileSync(path),
    wholeAt: (offset) => ends.filter((end) => end <= offset).length,
  };
}

test('what was appended is there again, also after more of it', () => {
  const { path } = written();
  assert.deepEqual(held(path), expected(5));
  const log = new ChangeLog(path);
  log.load(5, () => null);
  log.append(99, 1, (entries) => entries.fill(7));
  log.close();
  const { lists, size } = held(path);
  assert.deepEqual(lists, [...expected(5).lists, [7, 7, 7, 7]]);
  assert.equal(size, 99);
});

test('cut anywhere, the commits that are whole count', () => {
  const { path, bytes, wholeAt } = written();
  for (let length = 0; length <= bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length));
    assert.deepEqual(held(path), expected(wholeAt(length)), `${length} bytes`);
  }
});

test('damaged anywhere, the commits before count and none behind', () => {
  const { path, bytes, wholeAt } = written();
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    writeFileSync(path, damaged);
    assert.deepEqual(held(path), expected(wholeAt(at)), `byte ${at}`);
  }
});

test('after a restart nothing counts, nor what an earlier row of commits left behind new ones', () => {
  const path = emptyLog();
  const log = new ChangeLog(path);
  appendAll(log);
  log.restart();
  assert.equal(log.bytes, 0);
  assert.deepEqual(held(path), expected(0));
  // Long enough to reach over what was overwritten, and to the end of an earlier frame.
  const [first = 0, second = 0] = COMMITS;
  log.append(10, first, (entries) => entries.set(listOf(0, first)));
  log.append(11, second, (entries) => entries.set(listOf(1, second)));
  assert.deepEqual(held(path), expected(2));
  log.close();
});

test('a frame of an earlier row of commits right behind a new one does not count', () => {
  const { path, bytes } = written();
  const log = new ChangeLog(path);
  log.load(5, () => null);
  log.restart();
  const [first = 0] = COMMITS;
  log.append(10, first, (entries) => entries.set(listOf(0, first)));
  log.close();
  // As if what the restart overwrote had stayed.
  const end = HEAD + first * ENTRY;
  writeFileSync(path, Buffer.concat([readFileSync(path).subarray(0, end), bytes.subarray(end)]));
  assert.deepEqual(held(path), expected(1));
});

test('wiped, it is empty; before, it names what came', () => {
  const { path, bytes } = written();
  assert.ok(bytes.includes(new Uint8Array(Int32Array.from(listOf(2, 2)).buffer)));
  const log = new ChangeLog(path);
  log.load(5, () => null);
  log.restart();
  log.wipe();
  assert.equal(readFileSync(path).length, 0);
  log.append(10, 1, (entries) => entries.fill(1));
  log.close();
  assert.deepEqual(held(path), { lists: [[1, 1, 1, 1]], size: 10 });
});

test('what is cut off was overwritten, and is so on the disk', () => {
  const { path, bytes } = written();
  const log = new ChangeLog(path);
  log.load(5, () => null);
  const steps = traced(dirname(path), () => {
    log.restart();
    log.wipe();
  });
  log.close();
  const [cut, ...others] = steps.filter((step) => step.kind === 'cut');
  assert.deepEqual([others.length, cut?.size, cut?.before.length], [0, 0, bytes.length]);
  assert.ok(cut?.before.every((byte) => byte === 0));
  // The free blocks have what was synced last.
  assert.deepEqual(
    steps.slice(-2).map(({ kind }) => kind),
    ['sync', 'cut'],
  );
});
