/**
 * Pictures made anew before they are sent (docs/spec/19-files.md, 7). Each in a thread of its own that
 * ends with it, one at a time: decoding takes up to half a gigabyte and seconds of a core.
 */
import { Worker } from 'node:worker_threads';
import { AppError, errorOf } from '@tacet/base';
import type { PictureBudget, PicturePort, RemadePicture } from '@tacet/client';
import { PATIENCE } from './limits.ts';
import type { FromThread, ThreadData } from './protocol.ts';

export class Pictures implements PicturePort {
  private last: Promise<unknown> = Promise.resolve();

  remake(
    pieces: readonly Uint8Array<ArrayBuffer>[],
    budget: PictureBudget,
  ): Promise<RemadePicture> {
    const run = this.last.then(() => alone({ pieces, budget }));
    this.last = run.catch(() => undefined);
    return run;
  }
}

async function alone(workerData: ThreadData): Promise<RemadePicture> {
  // What decoders write about a broken picture is for nobody's log.
  const quiet = { stdout: true, stderr: true };
  // Copied, 64 MiB would hold up a slot.
  const transferList = workerData.pieces.map(({ buffer }) => buffer);
  const options = { workerData, transferList, ...quiet };
  const worker = new Worker(new URL('./thread.ts', import.meta.url), options);
  const { promise, resolve, reject } = Promise.withResolvers<RemadePicture>();
  const timer = setTimeout(() => reject(slow()), PATIENCE);
  worker.once('message', (message: FromThread) => {
    if (message.kind === 'made') resolve(message.picture);
    else reject(errorOf(message.refusal));
  });
  // A decoder that breaks takes its thread with it, and nothing else.
  worker.once('error', (cause) => reject(broken(cause)));
  worker.once('exit', () => reject(broken(null)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function slow(): AppError {
  return new AppError('picture-slow', 'state', 'this picture took longer than a minute to read');
}

function broken(cause: unknown): AppError {
  return new AppError('picture-unreadable', 'input', 'reading this picture failed', { cause });
}
