/** A daemon's log stays short (docs/dev/logging.md). */
import assert from 'node:assert/strict';
import { openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keepLogShort } from '../../src/daemon/index.ts';
import { temporaryDirectory } from './fakes.ts';

const MOST = 1_000;

test('a log and the one before it stay below their cap, and hold the newest lines in order', () => {
  const { dir, remove } = temporaryDirectory();
  const path = join(dir, 'daemon.log');
  const fd = openSync(path, 'a', 0o600);
  const lines = Array.from({ length: 300 }, (_, n) => `line ${n}\n`);
  for (const line of lines) {
    writeSync(fd, line);
    keepLogShort(fd, path, MOST);
    assert.ok(statSync(path).size <= MOST);
  }
  const before = readFileSync(`${path}.1`, 'utf8');
  assert.ok(before.length <= MOST && before.length > MOST - 20);
  assert.equal(statSync(`${path}.1`).mode & 0o777, 0o600);
  assert.ok(
    lines.join('').endsWith(before + readFileSync(path, 'utf8')),
    'nothing between is gone',
  );
  remove();
});

test('one that grew before it was kept short is cut at once, and a file of others is left alone', () => {
  const { dir, remove } = temporaryDirectory();
  const path = join(dir, 'daemon.log');
  writeFileSync(path, `${'x'.repeat(99)}\n`.repeat(100));
  keepLogShort(openSync(path, 'a'), path, MOST);
  assert.deepEqual([statSync(path).size, statSync(`${path}.1`).size], [0, 900]);
  const other = join(dir, 'other.log');
  writeFileSync(other, 'x'.repeat(5_000));
  writeFileSync(path, 'y'.repeat(5_000));
  keepLogShort(openSync(other, 'a'), path, MOST);
  assert.deepEqual([statSync(path).size, statSync(other).size], [5_000, 5_000]);
  keepLogShort(-1, path, MOST);
  remove();
});
