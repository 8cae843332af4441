/** The thread in which one picture is made anew. */
import { parentPort, workerData } from 'node:worker_threads';
import { concat, isAppError, refusalOf } from '@tacet/base';
import type { FromThread, ThreadData } from './protocol.ts';
import { remake } from './remake.ts';

const { pieces, budget } = workerData as ThreadData;
const answer = (message: FromThread): void => parentPort?.postMessage(message);

remake(new Uint8Array(concat(...pieces)), budget).then(
  (picture) => answer({ kind: 'made', picture }),
  (error: unknown) => {
    if (!isAppError(error)) throw error;
    answer({ kind: 'refused', refusal: refusalOf(error) });
  },
);
