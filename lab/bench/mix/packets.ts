/**
 * Packets made before anything is measured: whole requests of four layers, each one different, as
 * an edge hands them to the mix. Threads build them into shared memory.
 */
import { Worker } from 'node:worker_threads';
import { GEOMETRY as G, type Path } from '@tacet/onion';

export interface BuildTask {
  readonly paths: readonly Path[];
  readonly delayMeanMs: number;
  /** So many at the beginning wait this long only: what goes in then comes out at once. */
  readonly brief: { readonly count: number; readonly delayMeanMs: number };
  readonly frames: SharedArrayBuffer;
  readonly from: number;
  readonly to: number;
}

export class Packets {
  readonly memory: SharedArrayBuffer;
  readonly count: number;
  private next = 0;

  private constructor(count: number) {
    this.count = count;
    this.memory = new SharedArrayBuffer(count * G.frame);
  }

  static async build(
    count: number,
    threads: number,
    task: Pick<BuildTask, 'paths' | 'delayMeanMs' | 'brief'>,
  ): Promise<Packets> {
    const packets = new Packets(count);
    const share = Math.ceil(count / threads);
    const jobs = Array.from({ length: threads }, (_, i): BuildTask => {
      const from = Math.min(count, i * share);
      const { paths, delayMeanMs, brief } = task;
      const to = Math.min(count, from + share);
      return { paths, delayMeanMs, brief, frames: packets.memory, from, to };
    });
    await Promise.all(jobs.map((job) => inThread('./build-thread.ts', job)));
    return packets;
  }

  at(i: number): Uint8Array {
    return Buffer.from(this.memory, i * G.frame, G.frame);
  }

  /** The next packets that nobody has sent yet. */
  fresh(count: number): { from: number; to: number } {
    const from = this.next;
    this.next = from + count;
    if (this.next > this.count) throw new RangeError('too few packets were built');
    return { from, to: this.next };
  }
}

/** Runs a file of this folder as a thread and resolves with the one thing it says. */
export function inThread<Answer>(file: string, data: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(file, import.meta.url), { workerData: data });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
