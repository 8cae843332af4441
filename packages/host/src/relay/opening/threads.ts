/** The threads of one epoch, as the main thread sees them: started, given slots, retired. */
import { Worker } from 'node:worker_threads';
import { AppError } from '@tacet/base';
import { GEOMETRY } from '@tacet/onion';
import { END, JobQueue, ringMemory } from './memory.ts';
import type { FromThread, ThreadData } from './protocol.ts';

export interface EpochThreadsOptions extends Omit<ThreadData, 'jobs'> {
  readonly count: number;
  /** Called at most once. The epoch cannot be opened, or a thread died: a reason to stop. */
  readonly onFailure: (error: Error) => void;
}

export class EpochThreads {
  /** Slots given to these threads and not yet taken back. */
  inFlight = 0;
  private readonly queue: JobQueue;
  private readonly workers: Worker[];
  private readonly ended: Promise<unknown>;
  private onIdle: (() => void) | null = null;
  private retired = false;
  private failed = false;

  constructor(options: EpochThreadsOptions) {
    const { count, onFailure, ...rest } = options;
    const jobs = ringMemory(options.slots.frames.byteLength / GEOMETRY.frame);
    this.queue = new JobQueue(jobs);
    const workerData: ThreadData = { ...rest, jobs };
    const fail = (error: Error): void => {
      if (this.failed) return;
      this.failed = true;
      onFailure(error);
    };
    this.workers = Array.from({ length: count }, () => {
      const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData });
      worker.on('message', (message: FromThread) => {
        if (message.kind === 'unusable') fail(unusable(message.code));
      });
      worker.on('error', fail);
      return worker;
    });
    this.ended = Promise.all(
      this.workers.map(
        (worker) =>
          new Promise<void>((resolve) => {
            worker.once('exit', () => {
              if (!this.retired)
                fail(new AppError('opener-ended', 'bug', 'an opening thread ended'));
              resolve();
            });
          }),
      ),
    );
  }

  submit(slot: number): void {
    this.inFlight += 1;
    this.queue.push(slot);
  }

  /** The main thread took a finished slot back. */
  settled(): void {
    this.inFlight -= 1;
    if (this.inFlight === 0) this.onIdle?.();
  }

  /** Ends the threads once what they were given is done; nothing may be submitted after this. */
  async retire(): Promise<void> {
    if (this.inFlight > 0 && !this.failed) {
      await new Promise<void>((resolve) => {
        this.onIdle = resolve;
      });
    }
    if (!this.retired) {
      this.retired = true;
      for (const _ of this.workers) this.queue.push(END);
    }
    await this.ended;
  }
}

function unusable(code: string): AppError {
  return new AppError(code, 'storage', 'a stored epoch secret is missing or damaged');
}
