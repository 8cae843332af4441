/** Tests a backup in a thread of its own: decrypts all of it, and opens, checks and counts the copy. */
import { parentPort, workerData } from 'node:worker_threads';
import { openBackup } from '@tacet/adapters/backup-folder';
import { examineDatabase } from '@tacet/adapters/profiles-sqlcipher/recovered';
import { AppError, refusalOf } from '@tacet/base';
import { contentsOf } from '@tacet/client';
import { counted, factsOf } from './facts.ts';
import type { Found, FromThread, ThreadData } from './protocol.ts';

const say = (message: FromThread): void => parentPort?.postMessage(message);

async function test({ folder, root, path }: ThreadData): Promise<Found> {
  const backup = await openBackup(folder, root).finally(() => root.fill(0));
  const { databaseKey, withFiles } = backup.head;
  try {
    const progress = (done: number): void => say({ kind: 'progress', done, total: backup.pieces });
    const count = { done: 0 };
    const contents = await examineDatabase({
      path,
      databaseKey,
      data: counted(backup.read('data'), count, progress),
      look: (store) => contentsOf(store, withFiles),
    });
    // Files are of no use to the look: that they open is what is asked.
    for await (const _ of counted(backup.read('cells'), count, progress));
    return { ...contents, ...factsOf(backup.head) };
  } finally {
    databaseKey.fill(0);
  }
}

try {
  say({ kind: 'found', found: await test(workerData as ThreadData) });
} catch (error) {
  const known =
    error instanceof AppError
      ? error
      : new AppError('internal', 'bug', 'something unexpected ended the test of a backup');
  say({ kind: 'refused', refusal: refusalOf(known) });
}
