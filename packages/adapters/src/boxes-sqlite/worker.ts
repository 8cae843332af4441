/**
 * The thread that owns the day files. It answers batches in order; between them it loads the
 * index, erases, and empties idle write-ahead logs in small steps.
 */
import { randomBytes } from 'node:crypto';
import { setImmediate as yieldToMessages } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from './engine.ts';
import { failureOf } from './failure.ts';
import { LIMITS } from './limits.ts';
import type { Failure, FromWorker, ToWorker, WorkerOptions } from './protocol.ts';

const port = parentPort;
if (port === null) throw new Error('this file is started as a worker');

function say(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

function serve(engine: Engine): void {
  let closed = false;
  let loading = false;
  let idle: NodeJS.Timeout | null = null;
  const quietly = (step: () => void): void => {
    try {
      step();
    } catch {
      // The next write meets the same fault and reports it.
    }
  };
  /** Also after a failed write, which forgets the index of its day. */
  const load = async (): Promise<void> => {
    if (loading) return;
    loading = true;
    while (!closed && engine.loadSome()) await yieldToMessages();
    loading = false;
  };
  const loadQuietly = (): void => {
    load().catch(() => {
      // Reads look into the files themselves; the next batch tries again.
      loading = false;
    });
  };
  const expire = async (today: number): Promise<void> => {
    engine.drop(today);
    await yieldToMessages();
    while (!closed && engine.eraseSome()) await yieldToMessages();
    if (!closed) engine.checkpoint();
  };
  const answer = (call: number, work: Promise<void>): void => {
    const done = (failure: Failure | null) => say({ kind: 'call', call, failure });
    work.then(
      () => done(null),
      (error: unknown) => done(failureOf(error)),
    );
  };
  port?.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'batch': {
        const { outcomes, records } = engine.run(message.operations, message.records);
        say({ kind: 'batch', outcomes, records }, [records.buffer]);
        if (!engine.indexed) loadQuietly();
        if (idle === null) {
          idle = setTimeout(() => quietly(() => engine.checkpoint()), LIMITS.idleCheckpointMs);
          idle.unref();
        } else idle.refresh();
        return;
      }
      case 'expire':
        answer(message.call, expire(message.today));
        return;
      case 'close':
        closed = true;
        answer(
          message.call,
          Promise.resolve().then(() => engine.close()),
        );
        if (idle !== null) clearTimeout(idle);
        port?.unref();
    }
  });
  say({ kind: 'ready' });
  loadQuietly();
}

try {
  const { dir } = workerData as WorkerOptions;
  serve(new Engine(dir, randomBytes(4).readInt32LE()));
} catch (error) {
  say({ kind: 'unusable', failure: failureOf(error) });
}
