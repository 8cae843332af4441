import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { openBoxes } from '@tacet/adapters/boxes-sqlite';
import type { BoxStore } from '@tacet/relay';
import { RedisCluster } from '@tacet/testkit/redis-cluster';
import { killUnderLoad, missing } from './kill.ts';
import {
  boxesOf,
  closeAtEnd,
  hasCode,
  keyIn,
  keyOfBox,
  openStore,
  put,
  shardOf,
  testBox,
} from './support.ts';

/** `TACET_REDIS_PUTS=100000 npm run test:long -- packages/adapters/test/boxes-redis/failover.long.test.ts` */
const PUTS = Number(process.env['TACET_REDIS_PUTS'] ?? 3_000);

let cluster: RedisCluster;
before(async () => {
  cluster = await RedisCluster.start({ nodeTimeoutMs: 2_000 });
});
closeAtEnd(() => cluster);

/** The edge of another operator. */
async function secondHome(t: TestContext): Promise<BoxStore> {
  const dir = mkdtempSync(join(tmpdir(), 'tacet-second-home-'));
  const store = await openBoxes({ dir });
  t.after(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return store;
}

test('kill -9 of a primary under load: nothing acknowledged is lost', async (t) => {
  const store = await openStore(cluster, 1);
  const otherHome = await secondHome(t);
  const counts = await killUnderLoad(cluster, store, otherHome, PUTS);
  for (const [name, count] of Object.entries(counts)) t.diagnostic(`${name}: ${count}`);
  assert.ok(counts.acknowledged > PUTS / 2);
  assert.ok(counts.acknowledgedWhenKilled > 0 && counts.acknowledgedWhenKilled < PUTS / 2);
  assert.equal(counts.acknowledged + counts.refused, PUTS);
  assert.equal(
    counts.lost,
    counts.lostWithSecondCopy,
    'every loss is made good by its second copy',
  );
  assert.equal(counts.lost, 0);
  assert.equal(counts.lostAtFailover, 0);
  assert.equal(counts.refusedWithoutSecondCopy, 0);
});

test('without a replica nothing is acknowledged; control: what only a primary has is lost', async (t) => {
  t.after(() => cluster.signal(4, 'SIGCONT'));
  await cluster.untilWhole();
  const store = await openStore(cluster, 2);
  // Shard 1: its primary is node 1, its replica node 4, since the test above killed shard 0 only.
  const [refused, kept] = boxesOf(1, 2, 0, 2);
  const [other] = boxesOf(2, 1, 0, 2);
  assert.ok(refused && kept && other);
  assert.equal(await put(store, kept), 'stored');
  cluster.signal(4, 'SIGSTOP');
  // Else what is on its way waits for it in the system's buffers.
  await cluster.ask(1, 'CLIENT', 'KILL', 'TYPE', 'replica');
  const control = keyIn(1);
  assert.equal(await cluster.ask(1, 'SET', control, 'acknowledged by one'), 'OK');
  await assert.rejects(store.put(refused), hasCode('boxes-unreplicated'));
  assert.equal(await put(store, other), 'stored', 'other shards go on');
  await cluster.kill(1);
  await assert.rejects(store.put(refused), hasCode('boxes-unreachable'));
  cluster.signal(4, 'SIGCONT');
  await cluster.untilRole(4, 'master');
  assert.equal(await cluster.ask(4, 'EXISTS', control), '0');
  assert.ok((await store.get([kept.mark]))[0]);
  // Now shard 1 has one node: it reads, and refuses to write.
  await assert.rejects(store.put(refused), hasCode('boxes-unreplicated'));
  await cluster.restart(1);
  await cluster.untilWhole();
  // It stands there since a refused try; nobody has announced it yet.
  assert.equal(await cluster.ask(4, 'EXISTS', keyOfBox(refused, 2)), '1');
  assert.equal(await put(store, refused), 'stored');
  assert.equal(await put(store, refused), 'same');
});

test('a primary that hangs is given up in time, and used again when it wakes', async (t) => {
  t.after(() => {
    for (const i of [2, 5]) cluster.signal(i, 'SIGCONT');
  });
  await cluster.untilWhole();
  const store = await openStore(cluster, 3);
  const [box] = boxesOf(2, 1, 0, 3);
  assert.ok(box);
  assert.equal(await put(store, box), 'stored');
  cluster.signal(5, 'SIGSTOP');
  cluster.signal(2, 'SIGSTOP');
  const start = performance.now();
  await assert.rejects(store.get([box.mark]), hasCode('boxes-unreachable'));
  assert.ok(performance.now() - start < 10_000);
  cluster.signal(2, 'SIGCONT');
  cluster.signal(5, 'SIGCONT');
  await cluster.untilWhole();
  assert.ok((await store.get([box.mark]))[0]);
});

test('both disks of a pair are lost: that third is gone, and comes back by second copies', async (t) => {
  await cluster.untilWhole();
  const [store, otherHome] = [await openStore(cluster, 4), await secondHome(t)];
  const numbers = Array.from({ length: 300 }, (_, n) => n);
  for (const home of [store, otherHome]) {
    await Promise.all(numbers.map((n) => home.put(testBox(n))));
  }
  assert.deepEqual(await missing(store, numbers), []);
  const pair = [2, 5];
  await Promise.all(pair.map((i) => cluster.kill(i)));
  for (const i of pair) {
    rmSync(join(cluster.dir, String(i), 'appendonlydir'), { recursive: true });
    await cluster.restart(i);
  }
  await cluster.untilWhole();
  const lost = await missing(store, numbers);
  t.diagnostic(`acknowledged: 300, lost: ${lost.length}, of these with a second copy: all`);
  assert.deepEqual(
    lost,
    numbers.filter((n) => shardOf(keyOfBox(testBox(n), 4)) === 2),
  );
  assert.deepEqual(await missing(otherHome, lost), []);
  // The reader finds the second copy by itself; the writer may fill the box anew.
  for (const n of lost.slice(0, 5)) assert.equal(await put(store, testBox(n)), 'stored');
});
