/**
 * The thread that owns the day files. It answers batches in order; between them it erases, gives
 * back the disk of dropped days, and empties logs of changes, in small steps.
 */
import { randomBytes, randomFillSync } from 'node:crypto';
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
  const checkpoint = async (): Promise<void> => {
    for (const _ of engine.checkpoint()) {
      await yieldToMessages();
      if (closed) return;
    }
  };
  const clock = setInterval(() => {
    checkpoint().catch(() => {
      // The next write meets the same fault and reports it.
    });
  }, LIMITS.checkpointMs);
  clock.unref();
  const expire = async (today: number): Promise<void> => {
    engine.drop(today);
    await engine.removeDropped();
    while (!closed && engine.eraseSome(today)) await yieldToMessages();
    if (!closed) await checkpoint();
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
        const result = engine.run(message);
        const { outcomes, found, records, spare } = result;
        say(result, [outcomes.buffer, found.buffer, records.buffer, spare.buffer]);
        return;
      }
      case 'expire':
        answer(message.call, expire(message.today));
        return;
      case 'close':
        closed = true;
        clearInterval(clock);
        answer(
          message.call,
          Promise.resolve().then(() => engine.close()),
        );
        port?.unref();
    }
  });
  say({ kind: 'ready' });
}

/** Uniform draws; random words are fetched many at a time. */
function drawer(): (n: number) => number {
  const words = new Uint32Array(2_048);
  let used = words.length;
  return (n) => {
    if (used >= words.length - 1) {
      randomFillSync(words);
      used = 0;
    }
    // 53 bits: for n below 2^24 no value is more probable than another by more than 2^-29.
    const high = (words[used++] as number) >>> 5;
    const low = (words[used++] as number) >>> 6;
    return Math.floor(((high * 2 ** 26 + low) / 2 ** 53) * n);
  };
}

try {
  const { dir } = workerData as WorkerOptions;
  serve(new Engine({ dir, salt: randomBytes(4).readInt32LE(), draw: drawer() }));
} catch (error) {
  say({ kind: 'unusable', failure: failureOf(error) });
}
