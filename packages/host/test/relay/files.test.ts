import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import {
  numberedFiles,
  numberedFolder,
  readSecret,
  wipeFile,
  writeDurably,
} from '../../src/relay/files.ts';
import { lockFolder } from '../../src/relay/folder-lock.ts';
import { tempDir } from './temp.ts';

test('a file is written whole, for its owner only, also over an older one', () => {
  const path = join(tempDir(), 'a');
  writeDurably(path, Buffer.from('one'));
  writeDurably(path, Buffer.from('two'));
  assert.equal(readFileSync(path, 'utf8'), 'two');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readSecret(path), new Uint8Array(Buffer.from('two')));
});

test('a secret others can read is refused, an absent one is null', () => {
  const path = join(tempDir(), 'a');
  assert.equal(readSecret(path), null);
  writeDurably(path, Buffer.from('one'));
  chmodSync(path, 0o640);
  assert.throws(
    () => readSecret(path),
    (error) => isAppError(error, 'key-readable'),
  );
});

test('numbered files in order; what an interrupted write left behind goes', () => {
  const dir = tempDir();
  for (const name of [
    '10.seed',
    '9.seed',
    '9.log',
    '01.seed',
    'x.seed',
    '11.seed.new',
    '3.seedx',
  ]) {
    writeFileSync(join(dir, name), '');
  }
  assert.deepEqual(numberedFiles(dir, '.seed'), [9, 10]);
  assert.ok(existsSync(join(dir, '11.seed.new')), 'looking disturbs no write that is under way');
  numberedFolder(dir);
  assert.equal(existsSync(join(dir, '11.seed.new')), false);
  assert.deepEqual(numberedFiles(dir, '.seed'), [9, 10]);
});

test('a wiped file is gone; wiping nothing is fine', () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'a'), 'secret');
  wipeFile(join(dir, 'a'));
  wipeFile(join(dir, 'a'));
  assert.deepEqual(readdirSync(dir), []);
});

test('a folder has one process', () => {
  const dir = tempDir();
  const lock = lockFolder(dir);
  assert.throws(
    () => lockFolder(dir),
    (error) => isAppError(error, 'relay-running'),
  );
  lock.release();
  lock.release();
  lockFolder(dir).release();
});

test('a lock that is no lock is said to be damaged, not held', () => {
  const dir = tempDir();
  const damaged = (): void =>
    assert.throws(
      () => lockFolder(dir),
      (error) => isAppError(error, 'lock-damaged'),
    );
  writeFileSync(join(dir, 'lock'), 'x'.repeat(5_000));
  damaged();
  rmSync(join(dir, 'lock'));
  mkdirSync(join(dir, 'lock'));
  damaged();
  rmdirSync(join(dir, 'lock'));
  lockFolder(dir).release();
});
