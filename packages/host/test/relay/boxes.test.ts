import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';
import { openStore } from '../../src/relay/boxes.ts';
import { readBoxes } from '../../src/relay/config/boxes.ts';
import { boxesFindings } from '../../src/relay/doctor/boxes.ts';
import type { RelayConfig } from '../../src/relay/index.ts';
import { tempDir } from './temp.ts';

const NODES = ['10.0.0.1:6379', '[2001:db8::1]:6379'];

test('SQLite has no further keys', () => {
  assert.deepEqual(readBoxes({ engine: 'sqlite' }, '/etc'), {
    engine: 'sqlite',
    capacity: 4_000_000,
  });
});

test('a cluster: paths start at the folder of the configuration, what is left out is null', () => {
  const tls = { caFile: 'ca.pem', certFile: '/run/e.pem', keyFile: 'e.key', serverName: 'redis' };
  assert.deepEqual(
    readBoxes(
      { engine: 'redis', capacity: 500_000, nodes: NODES, user: 'e', passwordFile: 'p', tls },
      '/etc/tacet',
    ),
    {
      engine: 'redis',
      capacity: 500_000,
      nodes: NODES,
      user: 'e',
      passwordFile: '/etc/tacet/p',
      tls: {
        caFile: '/etc/tacet/ca.pem',
        certFile: '/run/e.pem',
        keyFile: '/etc/tacet/e.key',
        serverName: 'redis',
      },
    },
  );
  const plain = {
    engine: 'redis',
    capacity: 4_000_000,
    nodes: NODES,
    user: null,
    passwordFile: null,
    tls: null,
  };
  assert.deepEqual(readBoxes({ engine: 'redis', nodes: NODES }, '/'), plain);
  assert.deepEqual(readBoxes({ engine: 'redis', nodes: NODES, tls: false }, '/'), plain);
  const system = { caFile: null, certFile: null, keyFile: null, serverName: null };
  assert.deepEqual(readBoxes({ engine: 'redis', nodes: NODES, tls: true }, '/'), {
    ...plain,
    tls: system,
  });
});

test('keys that are unknown, and values of another form, stop the program', () => {
  const unknown: Record<string, unknown>[] = [
    { engine: 'sqlite', nodes: NODES },
    { engine: 'redis', nodes: NODES, password: 'never here' },
    { engine: 'redis', nodes: NODES, tls: { ca: 'x' } },
  ];
  for (const value of unknown) {
    assert.throws(
      () => readBoxes(value, '/'),
      (error) => isAppError(error, 'config-key'),
    );
  }
  const wrong: Record<string, unknown>[] = [
    {},
    { engine: 'postgres' },
    { engine: 'redis' },
    { engine: 'sqlite', capacity: 0 },
    { engine: 'redis', nodes: [] },
    { engine: 'redis', nodes: ['10.0.0.1'] },
    { engine: 'redis', nodes: Array.from({ length: 65 }, () => '10.0.0.1:1') },
    { engine: 'redis', nodes: NODES, user: 7 },
    { engine: 'redis', nodes: NODES, passwordFile: '' },
    { engine: 'redis', nodes: NODES, tls: 'yes' },
    { engine: 'redis', nodes: NODES, tls: { certFile: 'x' } },
  ];
  for (const value of wrong) {
    assert.throws(
      () => readBoxes(value, '/'),
      (error) => isAppError(error, 'config-value'),
    );
  }
});

test('secrets come from files that nobody else may read', async () => {
  const dir = tempDir();
  const open = (passwordFile: string) =>
    openStore(
      {
        boxes: { engine: 'redis', nodes: NODES, user: null, passwordFile, tls: null },
      } as unknown as RelayConfig,
      new Uint8Array(32) as RelayHash,
    );
  await assert.rejects(open(join(dir, 'none')), (error) => isAppError(error, 'key-missing'));
  writeFileSync(join(dir, 'open'), 'secret\n', { mode: 0o644 });
  await assert.rejects(open(join(dir, 'open')), (error) => isAppError(error, 'key-readable'));
});

test('the doctor says what is wrong with a cluster, and the name space of the edge', async () => {
  const self = new Uint8Array(32) as RelayHash;
  const config = (nodes: string[]) =>
    ({
      boxes: { engine: 'redis', nodes, user: null, passwordFile: null, tls: null },
    }) as unknown as RelayConfig;
  const [finding] = await boxesFindings(config(['127.0.0.1:1']), self);
  assert.equal(finding?.state, 'bad');
  assert.match(finding?.found ?? '', /boxes-unreachable\); name space AAAAAAAAAAAA$/);
});
