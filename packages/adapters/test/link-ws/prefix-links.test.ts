import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const unshare = (...command: string[]) => spawnSync('unshare', ['--net', ...command]);
const allowed = unshare('true').status === 0;

test('four connections of one IPv4 address, four of one IPv6 /56, over real sockets', {
  skip: allowed ? false : 'no network namespace can be made here (root, unshare of util-linux)',
}, () => {
  const child = unshare(process.execPath, join(import.meta.dirname, 'prefix-child.ts'));
  assert.equal(child.status, 0, String(child.stderr));
  assert.deepEqual(JSON.parse(String(child.stdout)), {
    same56: 4,
    other56: 4,
    v4: 4,
    v4other: 2,
    again: 1,
  });
});
