/** Kills a primary while boxes are written, and counts what became of them. */
import { equalBytes, isAppError } from '@tacet/base';
import type { BoxStore, StoredBox } from '@tacet/relay';
import type { RedisCluster } from '@tacet/testkit/redis-cluster';
import { testBox } from './support.ts';

export interface KillCounts {
  readonly acknowledgedWhenKilled: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Acknowledged before the kill was over, and not readable once the replica had taken over. */
  readonly lostAtFailover: number;
  /** Acknowledged, and not readable after the killed node came back with its old files. */
  readonly lost: number;
  readonly lostWithSecondCopy: number;
  readonly refusedWithoutSecondCopy: number;
  readonly seconds: number;
}

const IN_FLIGHT = 128;
const READ_PATIENCE_MS = 30_000;

/**
 * @param otherHome another operator's edge: the writer brings the second copy there, and a box that
 * was refused (docs/spec/05-boxes.md, 9).
 */
export async function killUnderLoad(
  cluster: RedisCluster,
  store: BoxStore,
  otherHome: BoxStore,
  puts: number,
): Promise<KillCounts> {
  const acknowledged: number[] = [];
  const refused: number[] = [];
  let next = 0;
  let killed: Promise<Pick<KillCounts, 'acknowledgedWhenKilled' | 'lostAtFailover'>> | undefined;
  const killAndReturn = async () => {
    await cluster.kill(0);
    const before = acknowledged.slice();
    await cluster.untilRole(3, 'master');
    const lost = await missing(store, before);
    await cluster.restart(0);
    await cluster.untilRole(0, 'slave');
    return { acknowledgedWhenKilled: before.length, lostAtFailover: lost.length };
  };
  const start = performance.now();
  const writer = async (): Promise<void> => {
    while (next < puts) {
      const n = next++;
      if (n >= puts / 3) killed ??= killAndReturn();
      const box = testBox(n);
      try {
        await store.put(box);
        acknowledged.push(n);
      } catch {
        refused.push(n);
      }
      await otherHome.put(box);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, writer));
  const seconds = (performance.now() - start) / 1_000;
  if (killed === undefined) throw new RangeError('too few boxes to kill anything under load');
  const failover = await killed;
  await cluster.untilWhole();
  const lost = await missing(store, acknowledged);
  return {
    ...failover,
    acknowledged: acknowledged.length,
    refused: refused.length,
    lost: lost.length,
    lostWithSecondCopy: lost.length - (await missing(otherHome, lost)).length,
    refusedWithoutSecondCopy: (await missing(otherHome, refused)).length,
    seconds: Math.round(seconds * 10) / 10,
  };
}

/** Those of the boxes that `store` does not hold as they were written. */
export async function missing(store: BoxStore, numbers: readonly number[]): Promise<number[]> {
  const gone: number[] = [];
  for (let at = 0; at < numbers.length; at += 1_000) {
    const part = numbers.slice(at, at + 1_000);
    const boxes = part.map((n) => testBox(n));
    const records = await readAll(store, boxes);
    boxes.forEach((box, i) => {
      const record = records[i];
      if (!record || !equalBytes(record, box.record)) gone.push(part[i] ?? -1);
    });
  }
  return gone;
}

/** No answer says nothing about what is there: a reader asks again. */
async function readAll(store: BoxStore, boxes: readonly StoredBox[]) {
  const end = performance.now() + READ_PATIENCE_MS;
  for (;;) {
    try {
      return await store.get(boxes.map(({ mark }) => mark));
    } catch (error) {
      if (!isAppError(error, 'boxes-unreachable') || performance.now() > end) throw error;
    }
  }
}
