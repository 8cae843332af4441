/**
 * The box store in a Redis cluster: three primaries and three replicas on this machine, every PUT
 * acknowledged after a replica has it. PUT and GET as an edge sees them, 512 callers in flight; the
 * time from starting all six servers on their data to the first record (`redis_restart_s`); memory
 * of all six (`redis_rss_mb`); memory and disk of one copy of a box; how long the daily pass over
 * all boxes takes, that drops one day of 21 (`redis_drop_s`), and the longest read meanwhile. By
 * itself: `node lab/bench/boxes/redis.ts 1000000`, with `always` behind it for that `appendfsync`.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRedisBoxes } from '@tacet/adapters/boxes-redis';
import { isAppError } from '@tacet/base';
import type { BoxStore } from '@tacet/relay';
import { RedisCluster } from '@tacet/testkit/redis-cluster';
import type { Mark } from '@tacet/wire';
import { usageOf } from '../usage.ts';
import { Marks, randomBox, rate } from './load.ts';

export interface RedisBenchOptions {
  readonly boxes?: number;
  readonly appendfsync?: 'everysec' | 'always';
  readonly say?: ((line: string) => void) | undefined;
}

const DAYS = 21;
const EDGE = new Uint8Array(32).fill(1);
const FIRST_DAY = Math.floor(Date.now() / 86_400_000) + 1;

export async function runRedis(options: RedisBenchOptions = {}): Promise<Record<string, number>> {
  const { boxes = 200_000, appendfsync = 'everysec', say = () => undefined } = options;
  findRedis();
  const cluster = await RedisCluster.start({ appendfsync, nodeTimeoutMs: 5_000 });
  try {
    let store = await open(cluster);
    const empty = await usedMemory(cluster);
    const marks = new Marks(boxes);
    const puts = await rate(boxes, async (i) => {
      const box = randomBox(FIRST_DAY + Math.floor((i * DAYS) / boxes));
      const { outcome } = await store.put(box);
      if (outcome !== 'stored') throw new Error(`a box was ${outcome}`);
      marks.add(box.mark);
    });
    say(`Redis: ${Math.round(puts)} PUT/s`);
    const gets = await rate(Math.min(boxes, 60_000), async () => {
      if ((await store.get([marks.some()]))[0] === null) throw new Error('a box is not there');
    });
    say(`Redis: ${Math.round(gets)} GET/s`);
    const used = await usedMemory(cluster);
    const rss = cluster.nodes.reduce(
      (sum, { child }) => sum + 1_024 * usageOf(child?.pid ?? 0).rssKb,
      0,
    );
    const disk = cluster.nodes.slice(0, 3).reduce((sum, { dir }) => sum + sizeOf(dir), 0);
    await store.close();
    const last = marks.at(boxes - 1);
    await Promise.all(cluster.nodes.map((_, i) => cluster.kill(i)));
    const start = performance.now();
    await Promise.all(cluster.nodes.map((_, i) => cluster.restart(i)));
    store = await open(cluster);
    if ((await store.get([last]))[0] === null) throw new Error('a box is not there');
    const restart = (performance.now() - start) / 1_000;
    const restarted = store;
    // Replicas come back after their primaries. So many boxes meet each of these.
    const some = Array.from({ length: 32 }, () => randomBox(FIRST_DAY + DAYS));
    await untilDone(() => Promise.all(some.map((box) => restarted.put(box))));
    const drop = await dropDay(store, marks);
    await store.close();
    say(`Redis: first record after ${restart.toFixed(3)} s`);
    return {
      redis_put_per_s: puts,
      redis_get_per_s: gets,
      redis_restart_s: restart,
      redis_rss_mb: rss / 1e6,
      redis_bytes_per_box: (used - empty) / boxes,
      redis_disk_bytes_per_box: disk / boxes,
      ...drop,
    };
  } finally {
    await cluster.stop();
  }
}

/** The daily pass: how long it takes, and the longest read meanwhile, 32 callers in flight. */
async function dropDay(store: BoxStore, marks: Marks): Promise<Record<string, number>> {
  let ended = false;
  let most = 0;
  const start = performance.now();
  const reader = async (): Promise<void> => {
    while (!ended) {
      const asked = performance.now();
      await store.get([marks.some(), marks.some(), marks.some()]);
      most = Math.max(most, performance.now() - asked);
    }
  };
  const readers = Array.from({ length: 32 }, reader);
  await store.expire(FIRST_DAY);
  const seconds = (performance.now() - start) / 1_000;
  ended = true;
  await Promise.all(readers);
  return { redis_drop_s: seconds, redis_drop_stall_ms: most };
}

function open(cluster: RedisCluster): Promise<BoxStore> {
  return untilDone(async () => {
    const store = await openRedisBoxes({ nodes: cluster.addresses, edge: EDGE });
    await store.get([new Uint8Array(8) as Mark]);
    return store;
  });
}

/** Tries again while nodes load their data and come to an agreement: that is what is measured. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  const end = performance.now() + 300_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isAppError(error) || performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Bytes of data held by the primaries. */
async function usedMemory(cluster: RedisCluster): Promise<number> {
  let sum = 0;
  for (const i of [0, 1, 2]) {
    const text = await cluster.ask(i, 'INFO', 'memory');
    sum += Number(/^used_memory_dataset:(\d+)/m.exec(text)?.[1]);
    sum += Number(/^used_memory_overhead:(\d+)/m.exec(text)?.[1]);
    sum -= Number(/^mem_replication_backlog:(\d+)/m.exec(text)?.[1]);
    sum -= Number(/^mem_clients_normal:(\d+)/m.exec(text)?.[1]);
    sum -= Number(/^mem_clients_slaves:(\d+)/m.exec(text)?.[1]);
    sum -= Number(/^mem_aof_buffer:(\d+)/m.exec(text)?.[1]);
  }
  return sum;
}

function sizeOf(dir: string): number {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Looked for, and where allowed installed, as for the tests. */
function findRedis(): void {
  const tool = fileURLToPath(new URL('../../../tools/redis.ts', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [tool], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('redis-server was not found');
  process.env['TACET_REDIS'] = stdout.trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [boxes, appendfsync] = process.argv.slice(2);
  const figures = await runRedis({
    ...(boxes === undefined ? {} : { boxes: Number(boxes) }),
    appendfsync: appendfsync === 'always' ? 'always' : 'everysec',
  });
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
