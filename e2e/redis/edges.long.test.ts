/** Two edges over one Redis cluster: real processes, real packets, a primary and both edges killed. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { VerifiedDocument } from '@tacet/directory';
import { RedisCluster } from '@tacet/testkit/redis-cluster';
import { makeBox, randomMark } from '../relay/lib/boxes.ts';
import { PacketClient } from '../relay/lib/packet-client.ts';
import { ProcessNetwork } from '../relay/lib/processes.ts';

const RATES = { slotMs: 100, inUseSlotMs: 50, digestMs: 300, delayMeanMs: 20 };
const PASSWORD = 'e2e secret';
/** A failover of the test's cluster, and an edge's wait for the hold of a killed one. */
const PATIENCE_MS = 40_000;

let cluster: RedisCluster;
let network: ProcessNetwork;
let alice: PacketClient;
let bob: PacketClient;
let verified: VerifiedDocument;
const edges = (): string[] =>
  network.description.processes.filter(({ role }) => role === 'edge').map(({ name }) => name);

before(async () => {
  [cluster, network] = await Promise.all([
    RedisCluster.start({ password: PASSWORD, nodeTimeoutMs: 2_000 }),
    ProcessNetwork.create({ set: RATES }),
  ]);
  const nodes = cluster.addresses.slice(0, 3).map(({ host, port }) => `${host}:${port}`);
  for (const { name, config } of network.description.processes) {
    if (!edges().includes(name)) continue;
    const file = join(network.dir, config);
    const boxes = { engine: 'redis', nodes, passwordFile: 'redis.password' };
    writeFileSync(join(file, '..', 'redis.password'), `${PASSWORD}\n`, { mode: 0o600 });
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), boxes }));
  }
  await network.startAll();
  alice = await PacketClient.join(network.card, 0);
  bob = await PacketClient.join(network.card, 1);
  verified = await alice.document();
  await bob.document();
});
after(async () => {
  alice?.close();
  bob?.close();
  await network?.close();
  await cluster?.stop();
});

const ask = async (edge: Parameters<PacketClient['ask']>[0], box: ReturnType<typeof makeBox>) => {
  const marks = [randomMark(), box.mark, randomMark()] as const;
  return box.read((await bob.ask(edge, { kind: 'get', marks, waitMs: 0 })).answer);
};

test('both copies are stored, announced and read, each at its own edge', async () => {
  const box = makeBox(verified.document.networkId, 1);
  const [first, second] = alice.home(box.mark);
  assert.equal(
    (await alice.ask(first, { kind: 'put', record: box.record })).answer.status,
    'stored',
  );
  assert.equal(await ask(second, box), null, 'the second home has no copy yet');
  assert.equal(
    (await alice.ask(second, { kind: 'put', record: box.record })).answer.status,
    'stored',
  );
  await bob.until(() => bob.hasSeen(box.mark));
  assert.equal(await ask(first, box), 1);
  assert.equal(await ask(second, box), 1);
});

test('a read that waits is answered when the box comes', async () => {
  const box = makeBox(verified.document.networkId, 2);
  const [first] = bob.home(box.mark);
  const marks = [randomMark(), randomMark(), box.mark] as const;
  const waiting = bob.ask(first, { kind: 'get', marks, waitMs: 30_000 });
  await new Promise((resolve) => setTimeout(resolve, 600));
  await alice.ask(first, { kind: 'put', record: box.record });
  assert.equal(box.read((await waiting).answer), 2);
});

test('kill -9 of a primary, then of both edges: what was acknowledged is there', async () => {
  const boxes = Array.from({ length: 12 }, (_, i) => makeBox(verified.document.networkId, 100 + i));
  const put = async (box: (typeof boxes)[number]): Promise<string> => {
    const [edge] = alice.home(box.mark);
    return (await alice.ask(edge, { kind: 'put', record: box.record })).answer.status;
  };
  for (const box of boxes.slice(0, 6)) assert.equal(await put(box), 'stored');
  await cluster.kill(0);
  await cluster.untilRole(3, 'master');
  // Alone it takes no boxes: nothing is acknowledged before a replica has it.
  await cluster.restart(0);
  const end = performance.now() + PATIENCE_MS;
  for (const box of boxes.slice(6)) {
    // Refused while its shard is not whole; a writer would go to the other home.
    while ((await put(box)) !== 'stored') assert.ok(performance.now() < end, 'a failover ends');
  }
  for (const name of edges()) {
    await network.end(name, 'SIGKILL');
    network.start(name);
  }
  for (const name of edges()) await network.ready(name);
  bob.close();
  bob = await PacketClient.join(network.card, 1);
  await bob.document();
  for (const [i, box] of boxes.entries()) {
    const [edge] = bob.home(box.mark);
    assert.equal(await ask(edge, box), 100 + i);
  }
});

test('the password stands in no command line and in nothing a process said', async () => {
  assert.deepEqual(
    network.warnings.filter((line) => line.includes(PASSWORD)),
    [],
  );
  for (const name of edges()) {
    const line = network.commandLine(name);
    assert.ok(line.includes(name));
    assert.ok(!line.includes(PASSWORD));
  }
});
