/** What opening a packet costs while nothing else is done, on as many cores at once as there are threads. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Packets } from './packets.ts';
import type { Stage } from './stage.ts';
import type { UnwrapData, UnwrapTask } from './unwrap-thread.ts';

export class Unwrapping {
  private readonly workers: readonly Worker[];

  constructor({ seed, index, epoch, documentHash }: Stage, packets: Packets, threads: number) {
    const workerData: UnwrapData = { seed, index, epoch, documentHash, frames: packets.memory };
    this.workers = Array.from(
      { length: threads },
      () => new Worker(new URL('./unwrap-thread.ts', import.meta.url), { workerData }),
    );
  }

  /**
   * Each thread opens `warm` packets and then `count` more, which are measured, none of them twice.
   * @returns CPU microseconds of a thread for a packet
   */
  async cost(from: number, warm: number, count: number): Promise<number> {
    const costs = this.workers.map(async (worker, i) => {
      const first = from + i * (warm + count);
      const task: UnwrapTask = { from: first, warm: first + warm, to: first + warm + count };
      worker.postMessage(task);
      const [cost] = (await once(worker, 'message')) as [number];
      return cost;
    });
    const each = await Promise.all(costs);
    return each.reduce((a, b) => a + b, 0) / each.length;
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
