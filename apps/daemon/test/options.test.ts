import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { readOptions } from '../src/options.ts';

test('options are read', () => {
  assert.deepEqual(
    readOptions(['--dir', '/tmp/alice', '--echo', '--no-window', '--ready-fd', '3']),
    {
      dir: '/tmp/alice',
      echo: true,
      window: false,
      socks: null,
      readyFd: 3,
    },
  );
});

test('a SOCKS server is handed on as it is', () => {
  assert.equal(readOptions(['--dir', 'x', '--socks', '127.0.0.1:9050']).socks, '127.0.0.1:9050');
});

test('anything unknown, incomplete or left over stops the program', () => {
  const wrong = [
    [],
    ['--dir'],
    ['--dir', 'x', '--colour'],
    ['--dir', 'x', 'y'],
    ['--dir', 'x', '--passphrase', 'y'],
    ['--dir', 'x', '--passphrase-file', 'y'],
    ['--dir', 'x', '--ready-fd', '-1'],
    ['--dir', 'x', '--ready-fd', 'three'],
  ];
  for (const argv of wrong) {
    assert.throws(
      () => readOptions(argv),
      (error) => isAppError(error, 'usage'),
      argv.join(' '),
    );
  }
});
