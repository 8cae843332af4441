/** A cluster for a test file, and stores in it. */
import { after } from 'node:test';
import { isAppError } from '@tacet/base';
import type { BoxStore, PutResult, StoredBox } from '@tacet/relay';
import { testBox as anyBox } from '@tacet/relay/acceptance';
import type { RedisCluster } from '@tacet/testkit/redis-cluster';
import { openRedisBoxes, type RedisBoxesOptions } from '../../src/boxes-redis/index.ts';
import { slotOf } from '../../src/boxes-redis/slots.ts';
import { keyOf, nameSpaceOf } from '../../src/boxes-redis/values.ts';

/** Nodes look at their own clock: boxes of tests expire in days to come. */
export const TODAY = Math.floor(Date.now() / 86_400_000) + 100;

export const testBox = (n: number, options: { version?: number; day?: number } = {}) =>
  anyBox(n, { day: TODAY + 21, ...options });

/** Relay hash of edge number `n`. */
export const edgeHash = (n: number): Uint8Array => new Uint8Array(32).fill(n);

export const put = async (store: BoxStore, box: StoredBox): Promise<PutResult['outcome']> =>
  (await store.put(box)).outcome;

export const hasCode = (code: string) => (error: unknown) => isAppError(error, code);

const open = new Set<BoxStore>();

export async function openStore(
  cluster: RedisCluster,
  edge = 1,
  options: Partial<RedisBoxesOptions> = {},
): Promise<BoxStore> {
  const store = await openRedisBoxes({
    nodes: cluster.addresses.slice(0, 2),
    edge: edgeHash(edge),
    ...options,
  });
  open.add(store);
  return store;
}

/** Registered before the cluster's own end, so that no store asks a cluster that is gone. */
export function closeAtEnd(cluster: () => RedisCluster): void {
  after(async () => {
    await Promise.allSettled([...open].map((store) => store.close()));
    await cluster().stop();
  });
}

export function keyOfBox(box: StoredBox, edge = 1): string {
  return keyOf(nameSpaceOf(edgeHash(edge)), box.mark);
}

/** The shard a key belongs to, as a new cluster deals its slots. */
export function shardOf(key: string): number {
  return Math.floor(slotOf(key) / Math.ceil(16_384 / 3));
}

/** Some key of a shard. */
export function keyIn(shard: number): string {
  for (let n = 0; ; n++) if (shardOf(`key-${n}`) === shard) return `key-${n}`;
}

/** Boxes, from number `first` on, whose slot belongs to shard 0, 1 or 2. */
export function boxesOf(shard: number, count: number, first: number, edge = 1): StoredBox[] {
  const boxes: StoredBox[] = [];
  for (let n = first; boxes.length < count; n++) {
    const box = testBox(n);
    if (shardOf(keyOfBox(box, edge)) === shard) boxes.push(box);
  }
  return boxes;
}
