import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { decodeCard } from '@tacet/directory';
import {
  type CreateOptions,
  createNetwork,
  readAllowed,
  readConfig,
  readDescription,
} from '../../src/relay/index.ts';
import { tempDir } from './temp.ts';

const options = (more: Partial<CreateOptions> = {}): CreateOptions => ({
  dir: join(tempDir(), 'net'),
  name: 'test',
  demonstration: true,
  host: '127.0.0.1',
  basePort: 0,
  mixesPerLayer: 1,
  edges: 2,
  family: 'test',
  capacity: 10,
  set: {},
  ...more,
});
const hasCode = (code: string) => (error: unknown) => isAppError(error, code);

test('every configuration it writes can be read, and they fit together', async () => {
  const made = options({ mixesPerLayer: 2, set: { slotMs: 321 } });
  const description = await createNetwork(made);
  assert.deepEqual(readDescription(made.dir), description);
  assert.equal(description.demonstration, true);
  assert.deepEqual(
    description.processes.map(({ name }) => name),
    [
      'authority',
      'mix-1-1',
      'mix-1-2',
      'mix-2-1',
      'mix-2-2',
      'mix-3-1',
      'mix-3-2',
      'edge-1',
      'edge-2',
    ],
  );
  const configs = description.processes.map(
    ({ config }) => readConfig(join(made.dir, config), {}).config,
  );
  const [authority] = configs;
  assert.ok(authority?.role === 'authority');
  assert.equal(authority.parameters.slotMs, 321);
  assert.equal(readAllowed(authority.allowed).length, 8);
  const card = decodeCard(readFileSync(join(made.dir, description.card), 'utf8'));
  assert.equal(card.edges.length, 2);
  assert.equal(card.joinSecret.length, 16);
  for (const config of configs) {
    if (config.role === 'authority') continue;
    assert.equal(config.authorities[0]?.address, `127.0.0.1:${authority.port}`);
    assert.deepEqual(config.card, card);
  }
  const ports = description.processes.flatMap((process) => process.ports);
  assert.equal(new Set(ports).size, 11);
});

test('secrets are for their owner only', async () => {
  const made = options();
  await createNetwork(made);
  for (const file of ['network.card', 'edge-1/data/identity.key', 'edge-1/data/link.key']) {
    assert.equal(statSync(join(made.dir, file)).mode & 0o077, 0, file);
  }
  assert.equal(statSync(join(made.dir, 'edge-1', 'data')).mode & 0o077, 0);
});

test('a row of ports when a base is given; a port in use is named before anything is made', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const made = options({ basePort: port });
  await assert.rejects(createNetwork(made), hasCode('port-in-use'));
  assert.throws(() => readDescription(made.dir), hasCode('network-folder'));
  server.close();
});

test('an existing network is not touched', async () => {
  const made = options();
  await createNetwork(made);
  const before = readFileSync(join(made.dir, 'network.json'), 'utf8');
  await assert.rejects(createNetwork(made), hasCode('network-exists'));
  assert.equal(readFileSync(join(made.dir, 'network.json'), 'utf8'), before);
});

test('a parameter that does not exist, is out of range, or does not go with others is refused', async () => {
  await assert.rejects(createNetwork(options({ set: { slotMs: 0 } })), hasCode('config-value'));
  await assert.rejects(createNetwork(options({ set: { epochMs: 60_000 } })), /half of epochMs/);
  await assert.rejects(createNetwork(options({ set: { slotM: 1 } })), /did you mean `slotMs`/);
  const odd = createNetwork(options({ set: { 'a\nb': 1 } }));
  await assert.rejects(odd, (error) => hasCode('config-value')(error) && !/\n/.test(String(error)));
});

test('several authorities: an operator each, all of them named to each other and to the relays', async () => {
  const made = options({ authorities: 3, edges: 3 });
  const description = await createNetwork(made);
  const configs = description.processes.map(
    ({ config }) => readConfig(join(made.dir, config), {}).config,
  );
  const authorities = configs.filter((config) => config.role === 'authority');
  assert.equal(authorities.length, 3);
  const card = decodeCard(readFileSync(join(made.dir, description.card), 'utf8'));
  assert.deepEqual([card.authorities.length, card.threshold], [3, 2]);
  for (const { peers } of authorities) assert.equal(peers.length, 2);
  const relays = configs.filter((config) => config.role !== 'authority');
  for (const relay of relays) assert.equal(relay.authorities.length, 3);
  assert.equal(new Set(relays.map(({ family }) => family)).size, 3);
});

test('an operator with two authorities is refused', async () => {
  const operators = [{ family: 'one', country: 'ZZ', host: '127.0.0.1' }];
  await assert.rejects(
    createNetwork(options({ authorities: 3, operators })),
    hasCode('operators-unequal'),
  );
});
