/**
 * The caller's side of the store: gathers what arrives while the worker is busy and sends it as
 * one batch, so that the load itself sets the size of a commit.
 */
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '@tacet/base';
import type { BoxStore, PutResult, StoredBox } from '@tacet/relay';
import type { BoxId, BoxRecord, Mark } from '@tacet/wire';
import { Batch, type Caller } from './batch.ts';
import { errorOf } from './failure.ts';
import { LIMITS, RECORD_LENGTH } from './limits.ts';
import {
  type BatchAnswer,
  type FromWorker,
  OPERATION,
  OUTCOME,
  type ToWorker,
  type WorkerOptions,
} from './protocol.ts';

export interface BoxesOptions {
  /** Folder of the day files; made if absent, readable by its owner only. */
  readonly dir: string;
}

/**
 * Opens the store; rejects with `boxes-in-use`, `boxes-newer`, `boxes-older`, `boxes-unreadable`
 * or `boxes-failed`.
 */
export async function openBoxes(options: BoxesOptions): Promise<BoxStore> {
  const data: WorkerOptions = { dir: options.dir };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: data,
    env: withCompileCache(process.env),
    // Batches die young: a larger nursery only holds more dead ones at a time.
    resourceLimits: { maxYoungGenerationSizeMb: LIMITS.nurseryMB },
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (message: FromWorker) => {
      worker.off('error', reject);
      if (message.kind === 'unusable') reject(errorOf(message.failure));
      else resolve();
    });
  });
  return new SqliteBoxes(worker);
}

/** A thread does not take over its parent's compile cache: without it, its start takes 100 ms more. */
function withCompileCache(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir();
  // Node adds the folder of its version.
  return cache === undefined ? env : { ...env, NODE_COMPILE_CACHE: dirname(cache) };
}

type Call = { resolve: () => void; reject: (error: unknown) => void };

class SqliteBoxes implements BoxStore {
  private readonly worker: Worker;
  private readonly calls = new Map<number, Call>();
  private nextCall = 0;
  /** Batches the worker has, in order. */
  private readonly given: Batch[] = [];
  private waiting: Batch[] = [];
  private waitingOperations = 0;
  private readonly spares: Uint8Array<ArrayBuffer>[] = [];
  private scheduled = false;
  private closed: Promise<void> | null = null;
  private ended = false;
  private onIdle: (() => void) | null = null;

  constructor(worker: Worker) {
    this.worker = worker;
    worker.on('message', (message: FromWorker) => this.onMessage(message));
    worker.on('error', () => this.end());
    worker.on('exit', () => this.end());
  }

  put(box: StoredBox): Promise<PutResult> {
    if (box.record.length !== RECORD_LENGTH || box.mark.length !== 8) {
      return Promise.reject(new AppError('boxes-shape', 'bug', 'a box of a wrong length'));
    }
    return this.submit(
      (caller, batch) =>
        batch
          .begin(caller, OPERATION.put)
          .mark(box.mark)
          .word(box.expiryDay ?? -1)
          .data(box.record),
      (code, expiryDay) => {
        switch (code) {
          case OUTCOME.stored:
            return { outcome: 'stored', expiryDay };
          case OUTCOME.same:
            return { outcome: 'same', expiryDay };
          case OUTCOME.taken:
            return { outcome: 'taken' };
          case OUTCOME.refused:
            return { outcome: 'refused' };
          default:
            throw unexpected();
        }
      },
    );
  }

  get(marks: readonly Mark[]): Promise<readonly (BoxRecord | null)[]> {
    return this.submit(
      (caller, batch) => {
        batch.begin(caller, OPERATION.get).word(marks.length);
        for (const mark of marks) batch.mark(mark);
      },
      (_code, _value, take) => marks.map(() => take() as BoxRecord | null),
    );
  }

  tombstone(mark: Mark, id: BoxId, effectDay: number): Promise<void> {
    return this.submit(
      (caller, batch) =>
        batch.begin(caller, OPERATION.tombstone).mark(mark).word(effectDay).data(id),
      () => undefined,
    );
  }

  count(): Promise<number> {
    return this.submit(
      (caller, batch) => batch.begin(caller, OPERATION.count),
      (_code, count) => count,
    );
  }

  expire(today: number): Promise<void> {
    if (this.closed) return Promise.reject(closedError());
    return this.call((call) => ({ kind: 'expire', call, today }));
  }

  /** Waits for what was asked before; refuses what comes after. */
  close(): Promise<void> {
    this.closed ??= this.drain().then(async () => {
      if (!this.ended) await this.call((call) => ({ kind: 'close', call }));
      await this.worker.terminate();
    });
    return this.closed;
  }

  private async drain(): Promise<void> {
    if (this.ended || (this.given.length === 0 && this.waiting.length === 0)) return;
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
    });
  }

  /** @param write puts the operation into the batch; @param read makes the result of its outcome */
  private submit<T>(
    write: (caller: Caller, batch: Batch) => unknown,
    read: (...outcome: Parameters<Caller['resolve']>) => T,
  ): Promise<T> {
    if (this.closed || this.ended) return Promise.reject(closedError());
    if (this.waitingOperations >= LIMITS.waitingOperations) {
      const busy = new AppError('boxes-busy', 'storage', 'the box store cannot keep up');
      return Promise.reject(busy);
    }
    return new Promise((resolve, reject) => {
      const caller: Caller = {
        resolve: (code, value, take) => resolve(read(code, value, take)),
        reject,
      };
      write(caller, this.openBatch());
      this.waitingOperations += 1;
      if (this.given.length >= LIMITS.batchesGiven || this.scheduled) return;
      this.scheduled = true;
      queueMicrotask(() => {
        this.scheduled = false;
        this.sendNext();
      });
    });
  }

  private openBatch(): Batch {
    let batch = this.waiting.at(-1);
    if (batch === undefined || batch.size >= LIMITS.batchOperations) {
      batch = new Batch(this.spares.pop());
      this.waiting.push(batch);
    }
    return batch;
  }

  private sendNext(): void {
    while (this.given.length < LIMITS.batchesGiven && !this.ended) {
      const batch = this.waiting.shift();
      if (batch === undefined) break;
      this.waitingOperations -= batch.size;
      this.given.push(batch);
      const { message } = batch;
      this.worker.postMessage(message, [message.words.buffer, message.records.buffer]);
    }
    if (this.given.length === 0) this.onIdle?.();
  }

  private call(message: (call: number) => ToWorker): Promise<void> {
    if (this.ended) return Promise.reject(closedError());
    const call = this.nextCall++;
    return new Promise((resolve, reject) => {
      this.calls.set(call, { resolve, reject });
      this.worker.postMessage(message(call));
    });
  }

  private onMessage(message: FromWorker): void {
    if (message.kind === 'call') {
      const call = this.calls.get(message.call);
      this.calls.delete(message.call);
      if (message.failure === null) call?.resolve();
      else call?.reject(errorOf(message.failure));
    } else if (message.kind === 'batch') {
      const batch = this.given.shift();
      if (this.spares.length < LIMITS.spareBuffers) this.spares.push(message.spare);
      this.sendNext();
      if (batch) settle(batch.callers, message);
    }
  }

  private end(): void {
    this.ended = true;
    const batches = [...this.given.splice(0), ...this.waiting];
    this.waiting = [];
    for (const batch of batches) for (const caller of batch.callers) caller.reject(closedError());
    for (const call of this.calls.values()) call.reject(closedError());
    this.calls.clear();
    this.onIdle?.();
  }
}

function settle(callers: readonly Caller[], answer: BatchAnswer): void {
  const { outcomes, found, records, failures } = answer;
  let at = 0;
  let mark = 0;
  const take = (): Uint8Array | null => {
    if (found[mark++] !== 1) return null;
    at += RECORD_LENGTH;
    return records.subarray(at - RECORD_LENGTH, at);
  };
  callers.forEach((caller, i) => {
    const code = outcomes[2 * i] ?? 0;
    const value = outcomes[2 * i + 1] ?? 0;
    if (code === OUTCOME.failed) {
      const failure = failures[value];
      caller.reject(failure === undefined ? unexpected() : errorOf(failure));
    } else {
      try {
        caller.resolve(code, value, take);
      } catch (error) {
        caller.reject(error);
      }
    }
  });
}

function unexpected(): AppError {
  return new AppError('boxes-answer', 'bug', 'the box store answered something else');
}

function closedError(): AppError {
  return new AppError('boxes-closed', 'state', 'the box store is closed');
}
