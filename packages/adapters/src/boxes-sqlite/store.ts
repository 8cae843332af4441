/**
 * The caller's side of the store: gathers what arrives while the worker is busy and sends it as
 * one batch, so that the load itself sets the size of a commit.
 */
import { Worker } from 'node:worker_threads';
import { AppError } from '@tacet/base';
import type { BoxStore, StoredBox } from '@tacet/relay';
import type { BoxId, BoxRecord, Mark } from '@tacet/wire';
import { Batch, type Caller, keyOf } from './batch.ts';
import { errorOf } from './failure.ts';
import { LIMITS, RECORD_LENGTH } from './limits.ts';
import type { FromWorker, Operation, Outcome, ToWorker, WorkerOptions } from './protocol.ts';

export interface BoxesOptions {
  /** Folder of the day files; made if absent, readable by its owner only. */
  readonly dir: string;
}

/** Opens the store; rejects with `boxes-in-use`, `boxes-newer`, `boxes-unreadable` or `boxes-failed`. */
export async function openBoxes(options: BoxesOptions): Promise<BoxStore> {
  const data: WorkerOptions = { dir: options.dir };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: data });
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

type Call = { resolve: () => void; reject: (error: unknown) => void };

class SqliteBoxes implements BoxStore {
  private readonly worker: Worker;
  private readonly calls = new Map<number, Call>();
  private nextCall = 0;
  private running: Batch | null = null;
  private waiting: Batch[] = [];
  private waitingOperations = 0;
  private scheduled = false;
  private closed: Promise<void> | null = null;
  private ended = false;

  constructor(worker: Worker) {
    this.worker = worker;
    worker.on('message', (message: FromWorker) => this.onMessage(message));
    worker.on('error', () => this.end());
    worker.on('exit', () => this.end());
  }

  put(box: StoredBox): Promise<'stored' | 'same' | 'taken'> {
    if (box.record.length !== RECORD_LENGTH || box.mark.length !== 8) {
      return Promise.reject(new AppError('boxes-shape', 'bug', 'a box of a wrong length'));
    }
    const mark = keyOf(box.mark);
    return new Promise((resolve, reject) => {
      const batch = this.submit(
        { kind: 'put', mark, day: box.expiryDay },
        {
          resolve: (outcome) => {
            if (outcome === 'stored' || outcome === 'same' || outcome === 'taken') resolve(outcome);
            else reject(unexpected());
          },
          reject,
        },
      );
      batch?.addRecord(box.record);
    });
  }

  get(marks: readonly Mark[]): Promise<readonly (BoxRecord | null)[]> {
    return new Promise((resolve, reject) => {
      this.submit(
        { kind: 'get', marks: marks.map(keyOf) },
        {
          resolve: (outcome, record) => {
            if (typeof outcome !== 'object' || outcome.kind !== 'get') return reject(unexpected());
            resolve(outcome.found.map((found) => (found ? (record() as BoxRecord) : null)));
          },
          reject,
        },
      );
    });
  }

  tombstone(mark: Mark, id: BoxId): Promise<void> {
    return new Promise((resolve, reject) => {
      const operation = { kind: 'tombstone', mark: keyOf(mark), id: id.slice() } as const;
      this.submit(operation, { resolve: () => resolve(), reject });
    });
  }

  count(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.submit(
        { kind: 'count' },
        {
          resolve: (outcome) => {
            if (typeof outcome === 'object' && outcome.kind === 'count') resolve(outcome.count);
            else reject(unexpected());
          },
          reject,
        },
      );
    });
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
    if (this.ended || (this.running === null && this.waiting.length === 0)) return;
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
    });
  }

  private onIdle: (() => void) | null = null;

  private submit(operation: Operation, caller: Caller): Batch | null {
    if (this.closed || this.ended) {
      caller.reject(closedError());
      return null;
    }
    if (this.waitingOperations >= LIMITS.waitingOperations) {
      caller.reject(new AppError('boxes-busy', 'storage', 'the box store cannot keep up'));
      return null;
    }
    let batch = this.waiting.at(-1);
    if (batch === undefined || batch.size >= LIMITS.batchOperations) {
      batch = new Batch();
      this.waiting.push(batch);
    }
    batch.add(operation, caller);
    this.waitingOperations += 1;
    if (this.running === null && !this.scheduled) {
      this.scheduled = true;
      queueMicrotask(() => {
        this.scheduled = false;
        this.sendNext();
      });
    }
    return batch;
  }

  private sendNext(): void {
    if (this.running !== null || this.ended) return;
    const batch = this.waiting.shift();
    if (batch === undefined) {
      this.onIdle?.();
      return;
    }
    this.waitingOperations -= batch.size;
    this.running = batch;
    const { operations, records } = batch;
    this.say({ kind: 'batch', operations, records }, [records.buffer]);
  }

  private call(message: (call: number) => ToWorker): Promise<void> {
    if (this.ended) return Promise.reject(closedError());
    const call = this.nextCall++;
    return new Promise((resolve, reject) => {
      this.calls.set(call, { resolve, reject });
      this.say(message(call), []);
    });
  }

  private say(message: ToWorker, transfer: ArrayBuffer[]): void {
    this.worker.postMessage(message, transfer);
  }

  private onMessage(message: FromWorker): void {
    if (message.kind === 'call') {
      const call = this.calls.get(message.call);
      this.calls.delete(message.call);
      if (message.failure === null) call?.resolve();
      else call?.reject(errorOf(message.failure));
    } else if (message.kind === 'batch') {
      const batch = this.running;
      this.running = null;
      this.sendNext();
      if (batch) settle(batch.callers, message.outcomes, message.records);
    }
  }

  private end(): void {
    this.ended = true;
    const batches = this.running === null ? this.waiting : [this.running, ...this.waiting];
    this.running = null;
    this.waiting = [];
    for (const batch of batches) for (const caller of batch.callers) caller.reject(closedError());
    for (const call of this.calls.values()) call.reject(closedError());
    this.calls.clear();
    this.onIdle?.();
  }
}

function settle(callers: Caller[], outcomes: readonly Outcome[], records: Uint8Array): void {
  let at = 0;
  const next = (): Uint8Array => {
    at += RECORD_LENGTH;
    return records.subarray(at - RECORD_LENGTH, at);
  };
  callers.forEach((caller, i) => {
    const outcome = outcomes[i];
    if (outcome === undefined) caller.reject(unexpected());
    else if (typeof outcome === 'object' && outcome.kind === 'failed') {
      caller.reject(errorOf(outcome));
    } else caller.resolve(outcome, next);
  });
}

function unexpected(): AppError {
  return new AppError('boxes-answer', 'bug', 'the box store answered something else');
}

function closedError(): AppError {
  return new AppError('boxes-closed', 'state', 'the box store is closed');
}
