import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { equalBytes } from '@tacet/base';
import type { BoxStore, StoredBox } from '@tacet/relay';
import { boxStoreAcceptance } from '@tacet/relay/acceptance';
import { RedisCluster } from '@tacet/testkit/redis-cluster';
import { probeRedisBoxes } from '../../src/boxes-redis/index.ts';
import { openCluster } from '../../src/boxes-redis/open.ts';
import { slotOf } from '../../src/boxes-redis/slots.ts';
import { RedisBoxes } from '../../src/boxes-redis/store.ts';
import { holds, nameSpaceOf, remnantOf } from '../../src/boxes-redis/values.ts';
import {
  boxesOf,
  closeAtEnd,
  edgeHash,
  hasCode,
  keyOfBox,
  openStore,
  put,
  shardOf,
  TODAY,
  testBox,
} from './support.ts';

let cluster: RedisCluster;
before(async () => {
  cluster = await RedisCluster.start();
});
closeAtEnd(() => cluster);

boxStoreAcceptance('Redis cluster', {
  open: () => openStore(cluster, 1),
  reopen: async (store) => {
    await store.close();
    return openStore(cluster, 1);
  },
  today: TODAY,
});

const read = async (store: BoxStore, box: StoredBox) => (await store.get([box.mark]))[0] ?? null;

test('edges that share a cluster share no box', async () => {
  const [a, b] = await Promise.all([openStore(cluster, 10), openStore(cluster, 11)]);
  const box = testBox(1);
  const other = testBox(1, { version: 1 });
  assert.equal(await put(a, box), 'stored');
  assert.equal(await read(b, box), null);
  assert.equal(await put(b, other), 'stored');
  const [mine, theirs] = [await read(a, box), await read(b, box)];
  assert.ok(mine && equalBytes(mine, box.record) && theirs && equalBytes(theirs, other.record));
  await a.tombstone(box.mark, box.id, TODAY + 1);
  await b.expire(TODAY + 1);
  assert.ok(await read(a, box), 'what one edge drops is its own');
  await a.expire(TODAY + 1);
  assert.equal(await read(a, box), null);
  assert.ok(await read(b, box));
  assert.equal(await a.count(), await b.count(), 'the room is theirs together');
});

test('of an erased record a hash is left, or what an earlier version left of it', async () => {
  const erased = Uint8Array.from(testBox(7).record);
  const left = remnantOf(erased);
  assert.equal(left.length, 32);
  const earlier = new Uint8Array([...erased.subarray(0, 32), ...left]);
  for (const value of [left, earlier]) {
    assert.ok(holds(value, erased));
    assert.ok(!holds(value, testBox(7, { version: 1 }).record));
  }
});

test('of several processes that put one mark at once exactly one stores it', async () => {
  const space = nameSpaceOf(edgeHash(20));
  const stores = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const nodes = await openCluster({ nodes: cluster.addresses });
      return new RedisBoxes(nodes, space, null);
    }),
  );
  for (let n = 0; n < 50; n++) {
    const boxes = stores.map((_, version) => testBox(n, { version }));
    const outcomes = await Promise.all(stores.map((store, i) => put(store, boxes[i] as StoredBox)));
    assert.deepEqual([...outcomes].sort(), ['stored', 'taken', 'taken', 'taken']);
    const winner = boxes[outcomes.indexOf('stored')];
    assert.ok(winner);
    const again = await Promise.all(stores.map((store) => put(store, winner)));
    assert.deepEqual(again, ['same', 'same', 'same', 'same']);
  }
  await Promise.all(stores.map((store) => store.close()));
});

test('keys tell edge and mark, their end a day, and nothing else is kept', async () => {
  const store = await openStore(cluster, 30);
  const boxes = Array.from({ length: 6 }, (_, n) => testBox(n, { day: TODAY + (n % 3) + 1 }));
  for (const box of boxes) await store.put(box);
  await store.tombstone(testBox(0).mark, testBox(0).id, TODAY + 1);
  const keys: string[] = [];
  for (const i of [0, 1, 2]) {
    keys.push(
      ...(await cluster.ask(i, '--scan', '--pattern', `${nameSpaceOf(edgeHash(30))}*`)).split('\n'),
    );
  }
  const space = nameSpaceOf(edgeHash(30));
  assert.deepEqual(
    keys.filter((key) => key !== '').sort(),
    [...boxes.map((box) => keyOfBox(box, 30)), `${space}#holder`].sort(),
  );
  for (const box of boxes) {
    const key = keyOfBox(box, 30);
    assert.equal(
      await cluster.ask(shardOf(key), 'EXPIRETIME', key),
      String(box.expiryDay * 86_400),
    );
    assert.equal(await cluster.ask(shardOf(key), 'TYPE', key), 'string');
  }
});

test('a box whose day has come is gone by itself', async () => {
  const store = await openStore(cluster, 31);
  const box = testBox(1, { day: Math.floor(Date.now() / 86_400_000) });
  assert.equal(await put(store, box), 'stored');
  assert.equal(await read(store, box), null);
});

test('a slot on its way to another node, and arrived there', async () => {
  const store = await openStore(cluster, 40);
  const [box, early] = boxesOf(0, 1, 0, 40).concat(boxesOf(1, 1, 0, 40));
  assert.ok(box && early);
  await store.put(early);
  const slot = String(slotOf(keyOfBox(box, 40)));
  const [from, to] = [
    await cluster.ask(0, 'CLUSTER', 'MYID'),
    await cluster.ask(1, 'CLUSTER', 'MYID'),
  ];
  await cluster.ask(1, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', from);
  await cluster.ask(0, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', to);
  assert.equal(await put(store, box), 'stored', 'ASK is followed');
  assert.ok(await read(store, box));
  assert.equal(await put(store, box), 'same');
  for (const i of [1, 0, 2]) await cluster.ask(i, 'CLUSTER', 'SETSLOT', slot, 'NODE', to);
  assert.ok(await read(store, box), 'MOVED is followed');
  assert.ok(await read(store, early));
  await store.expire(TODAY);
  assert.ok(await read(store, box));
});

test('after close every call is refused, twice closed is closed', async () => {
  const store = await openStore(cluster, 50);
  const late = put(store, testBox(1));
  const closed = store.close();
  assert.equal(await late, 'stored');
  await closed;
  await store.close();
  await assert.rejects(store.put(testBox(2)), hasCode('boxes-closed'));
  await assert.rejects(store.expire(1), hasCode('boxes-closed'));
});

test('a box of a wrong length is a fault of ours', async () => {
  const store = await openStore(cluster, 51);
  const box = testBox(1);
  const short = { ...box, record: box.record.subarray(1) as typeof box.record };
  await assert.rejects(store.put(short), hasCode('boxes-shape'));
});

test('more work than the cap is refused, the rest is done', async () => {
  const store = await openStore(cluster, 52);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 17_000 }, () => store.get([testBox(1).mark])),
  );
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  assert.equal(refused.length, 17_000 - 16_384);
  assert.ok(refused.every(({ reason }) => hasCode('boxes-busy')(reason)));
});

test('clusters that would lose boxes are not used', async () => {
  await cluster.ask(1, 'CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
  await assert.rejects(openStore(cluster, 60), hasCode('boxes-evicting'));
  await cluster.ask(1, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  await cluster.ask(5, 'CONFIG', 'SET', 'appendonly', 'no');
  await assert.rejects(openStore(cluster, 60), hasCode('boxes-volatile'));
  await cluster.ask(5, 'CONFIG', 'SET', 'appendonly', 'yes');
  await (await openStore(cluster, 60)).close();
  const nobody = [{ host: '127.0.0.1', port: 1 }];
  await assert.rejects(openStore(cluster, 60, { nodes: nobody }), hasCode('boxes-unreachable'));
});

test('a probe opens nothing and sees the same', async () => {
  const options = { nodes: cluster.addresses.slice(4, 5), edge: edgeHash(62) };
  assert.deepEqual(await probeRedisBoxes(options), { primaries: 3, replicas: 3 });
  await cluster.ask(0, 'CONFIG', 'SET', 'appendonly', 'no');
  await assert.rejects(probeRedisBoxes(options), hasCode('boxes-volatile'));
  await cluster.ask(0, 'CONFIG', 'SET', 'appendonly', 'yes');
});

test('a full cluster refuses new boxes and goes on reading', async () => {
  const store = await openStore(cluster, 61);
  const box = testBox(1);
  await store.put(box);
  for (const i of [0, 1, 2]) await cluster.ask(i, 'CONFIG', 'SET', 'maxmemory', '1mb');
  await assert.rejects(store.put(testBox(2)), hasCode('boxes-full'));
  assert.ok(await read(store, box));
  for (const i of [0, 1, 2]) await cluster.ask(i, 'CONFIG', 'SET', 'maxmemory', '0');
  assert.equal(await put(store, testBox(2)), 'stored');
});

test('one process at a time per edge', async () => {
  const first = await openStore(cluster, 91);
  const second = openStore(cluster, 91);
  await first.close();
  const heir = await second;
  assert.equal(await put(heir, testBox(1)), 'stored');
  const holder = `${nameSpaceOf(edgeHash(91))}#holder`;
  await cluster.ask(shardOf(holder), 'SET', holder, 'somebody else');
  for (;;) {
    // Notices within the time between two renewals.
    try {
      await heir.get([testBox(1).mark]);
      await new Promise((resolve) => setTimeout(resolve, 100));
    } catch (error) {
      assert.ok(hasCode('boxes-in-use')(error));
      break;
    }
  }
});
