import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { demonstrationParameters } from '@tacet/directory';
import { makeTestNetwork } from '@tacet/testkit';
import { environmentName, FIELDS, KEYS, readConfig } from '../../src/relay/index.ts';
import { tempDir } from './temp.ts';

const network = makeTestNetwork();
const hash = 'ab'.repeat(32);
const EDGE = {
  role: 'edge',
  card: '../network.card',
  authorities: [{ address: '127.0.0.1:7000', keyHash: hash }],
  relayPort: 7_001,
  clientPort: 7_002,
  relayAddress: 'edge.example:7001',
  clientAddress: '[2001:db8::1]:443',
  family: 'nobody',
};
const AUTHORITY = {
  role: 'authority',
  name: 'demo',
  port: 7_000,
  parameters: demonstrationParameters,
};

function read(value: unknown, environment: Record<string, string> = {}) {
  const dir = tempDir();
  mkdirSync(join(dir, 'edge'));
  writeFileSync(join(dir, 'network.card'), `${network.cardText}\n`);
  const path = join(dir, 'edge', 'config.json');
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return { dir, ...readConfig(path, environment) };
}

const refusedWith = (code: string, name?: string) => (error: unknown) =>
  isAppError(error, code) &&
  error.kind === 'usage' &&
  (name === undefined || error.message.includes(`\`${name}\``));

test('an edge: paths are relative to the file, defaults are filled in', () => {
  const { dir, config, settings } = read(EDGE);
  assert.ok(config.role === 'edge');
  assert.equal(config.data, join(dir, 'edge', 'data'));
  assert.equal(config.admin, join(dir, 'edge', 'admin.sock'));
  assert.deepEqual(config.card, network.card);
  assert.equal(config.layer, 0);
  assert.equal(config.listenHost, '127.0.0.1');
  assert.deepEqual(config.schedule, { epochMs: 3_600_000, graceMs: 300_000, keysAhead: 24 });
  const sources = new Map(settings.map(({ key, source }) => [key, source]));
  assert.equal(sources.get('clientPort'), 'file');
  assert.equal(sources.get('country'), 'default');
});

test('an authority: the parameters are whole and in range', () => {
  const { config } = read(AUTHORITY);
  assert.ok(config.role === 'authority');
  assert.deepEqual(config.parameters, demonstrationParameters);
  const { slotMs: _, ...less } = demonstrationParameters;
  for (const parameters of [less, { ...demonstrationParameters, slotMs: 1 }, { a: 1 }]) {
    assert.throws(() => read({ ...AUTHORITY, parameters }), refusedWith('config-value'));
  }
});

test('the environment overrides the file', () => {
  const { config, settings } = read(EDGE, {
    TACET_RELAY_CLIENT_PORT: '9000',
    TACET_RELAY_FAMILY: 'somebody',
    PATH: '/usr/bin',
  });
  assert.ok(config.role === 'edge');
  assert.equal(config.clientPort, 9_000);
  assert.equal(config.family, 'somebody');
  assert.equal(settings.find(({ key }) => key === 'family')?.source, 'environment');
});

test('every key has a name in the environment, and no two the same', () => {
  assert.equal(new Set(KEYS.map(environmentName)).size, KEYS.length);
  assert.equal(environmentName('clientsPerAddress'), 'TACET_RELAY_CLIENTS_PER_ADDRESS');
});

test('an unknown key stops the program, in the file and in the environment', () => {
  const extra = { ...EDGE, clientport: 1 };
  assert.throws(() => read(extra), refusedWith('config-key', 'clientport'));
  const variable = { TACET_RELAY_CLIENTPORT: '1' };
  assert.throws(() => read(EDGE, variable), refusedWith('config-key', 'TACET_RELAY_CLIENTPORT'));
  assert.throws(() => read({ ...EDGE, layer: 1 }), refusedWith('config-key', 'layer'));
  assert.throws(
    () => read({ ...EDGE, 'x y\u001b': 1 }),
    (error) => {
      return isAppError(error, 'config-key') && !error.message.includes('\u001b');
    },
  );
});

test('a key that stands twice stops the program', () => {
  const twice = JSON.stringify(EDGE).replace('{', '{"role":"edge",');
  assert.throws(() => read(twice), refusedWith('key-twice', 'role'));
});

test('an unknown key is told the nearest known one', () => {
  const meant = (name: string) => (error: unknown) =>
    isAppError(error, 'config-key') && error.message.includes(`did you mean \`${name}\`?`);
  assert.throws(() => read({ ...EDGE, clientPorts: 1 }), meant('clientPort'));
  assert.throws(() => read({ ...EDGE, capcity: 1 }), meant('capacity'));
  const variable = { TACET_RELAY_METRIC_PORT: '1' };
  assert.throws(() => read(EDGE, variable), meant('TACET_RELAY_METRICS_PORT'));
  assert.throws(
    () => read({ ...EDGE, zzzzzz: 1 }),
    (error) => isAppError(error, 'config-key') && error.message.includes('config keys'),
  );
});

test('a missing key is named', () => {
  const needed = (Object.keys(EDGE) as (keyof typeof EDGE)[]).filter(
    (key) => !('fallback' in FIELDS[key]),
  );
  assert.ok(needed.length > 6);
  for (const key of needed) {
    const { [key]: _, ...less } = EDGE;
    const code = key === 'role' ? 'config-value' : 'config-missing';
    assert.throws(() => read(less), refusedWith(code, key));
  }
});

test('a wrong value is named, and not quoted', () => {
  const wrong: Record<string, unknown> = {
    role: 'node',
    authorities: [{ address: 'nowhere', keyHash: hash }],
    relayPort: 0,
    clientPort: '7002',
    clientAddress: 'host:99999',
    family: 'x'.repeat(33),
    country: 'de',
    capacity: 1.5,
    sourceUrl: 'http://plain.example',
    sourceCommit: 'main',
    listenHost: 'a b',
    card: 7,
  };
  for (const [key, value] of Object.entries(wrong)) {
    assert.throws(
      () => read({ ...EDGE, [key]: value }),
      (error) => {
        return refusedWith('config-value', key)(error) && !String(error).includes(`${value}`);
      },
    );
  }
  assert.throws(() => read({ ...AUTHORITY, allowed: 7 }), refusedWith('config-value'));
  assert.throws(
    () => read(EDGE, { TACET_RELAY_CLIENT_PORT: 'nine' }),
    refusedWith('config-value', 'clientPort'),
  );
});

test('authorities: one to nine, each with address and key hash and nothing else', () => {
  const one = { address: 'a.example:443', keyHash: hash };
  const { config } = read({ ...EDGE, authorities: [one, { ...one, address: '[::1]:443' }] });
  assert.ok(config.role === 'edge');
  assert.deepEqual(
    config.authorities.map(({ address }) => address),
    ['a.example:443', '[::1]:443'],
  );
  const wrong = [
    [],
    Array.from({ length: 10 }, () => one),
    [{ ...one, more: 1 }],
    [{ address: one.address }],
    [{ ...one, keyHash: 'AB' }],
    [null],
    one,
  ];
  for (const authorities of wrong) {
    assert.throws(() => read({ ...EDGE, authorities }), refusedWith('config-value', 'authorities'));
  }
  const text = JSON.stringify([one]);
  assert.ok(read(EDGE, { TACET_RELAY_AUTHORITIES: text }).config);
});

test('a file that is no configuration, or names no card, says so', () => {
  for (const text of ['', '{', '[]', 'null', '"x"']) {
    assert.throws(() => read(text), refusedWith('config-file'));
  }
  assert.throws(() => readConfig(join(tempDir(), 'none.json'), {}), refusedWith('config-file'));
  assert.throws(() => read({ ...EDGE, card: 'none.card' }), refusedWith('config-file'));
  assert.throws(() => read({ ...EDGE, card: 'config.json' }), refusedWith('config-card'));
});
