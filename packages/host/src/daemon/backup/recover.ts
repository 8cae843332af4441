/** Testing a backup, and making a profile from one (docs/spec/20-recovery.md, 6 and 7). */
import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { backupSalt, openBackup } from '@tacet/adapters/backup-folder';
import { phraseRoot, readPhrase } from '@tacet/adapters/recovery-phrase';
import { AppError, type Millis, type Sensitive } from '@tacet/base';
import { type Contents, contentsOf, fence } from '@tacet/client';
import type { Opened, ProfileSecret, ProfileVault } from '../ports.ts';
import { counted, factsOf } from './facts.ts';
import type { Progress } from './keeper.ts';
import type { Found, FromThread, ThreadData } from './protocol.ts';

type Tell = (progress: Progress) => void;

/**
 * @param dir the profile's folder, in which the copy is put together and removed
 * Throws `recovery-phrase-malformed`, `recovery-phrase-wrong`, `backup-missing`, `backup-damaged`,
 * `backup-newer-form`, `profile-unreadable`, `disk-full`.
 */
export async function testBackup(
  dir: string,
  folder: string,
  phrase: Sensitive<string>,
  tell: Tell,
): Promise<Found> {
  const root = await rootFor(folder, phrase);
  const place = join(dir, 'backup-test');
  // What a test left that was killed.
  rmSync(place, { recursive: true, force: true });
  try {
    await mkdir(place, { mode: 0o700 });
    return await inThread({ folder, root, path: join(place, 'data') }, tell);
  } finally {
    root.fill(0);
    rmSync(place, { recursive: true, force: true });
  }
}

async function inThread(workerData: ThreadData, tell: Tell): Promise<Found> {
  const options = { workerData, stdout: true, stderr: true };
  const worker = new Worker(new URL('./thread.ts', import.meta.url), options);
  const { promise, resolve, reject } = Promise.withResolvers<Found>();
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'progress') {
      tell({ kind: 'test', done: message.done, total: message.total });
    } else if (message.kind === 'found') resolve(message.found);
    else {
      const { code, kind, message: text } = message.refusal;
      reject(new AppError(code, kind, text));
    }
  });
  worker.once('error', (cause) => reject(broken(cause)));
  worker.once('exit', () => reject(broken(null)));
  try {
    return await promise;
  } finally {
    await worker.terminate();
  }
}

function broken(cause: unknown): AppError {
  return new AppError('internal', 'bug', 'the test of a backup ended unexpectedly', { cause });
}

/** As `testBackup`, and what `ProfileVault.restore` throws. There is a profile when it resolves. */
export async function restoreBackup<Store extends Opened>(
  vault: ProfileVault<Store>,
  from: { readonly folder: string; readonly phrase: Sensitive<string> },
  secret: ProfileSecret,
  now: Millis,
  tell: Tell,
): Promise<Found> {
  const root = await rootFor(from.folder, from.phrase);
  const backup = await openBackup(from.folder, root).finally(() => root.fill(0));
  const { databaseKey, withFiles, number, at } = backup.head;
  const count = { done: 0 };
  const progress = (done: number): void => tell({ kind: 'restore', done, total: backup.pieces });
  const pieces = (body: 'data' | 'cells') => counted(backup.read(body), count, progress);
  let contents: Contents | null = null;
  try {
    await vault.restore(
      secret,
      { databaseKey, data: pieces('data'), cells: withFiles ? pieces('cells') : null },
      (store) => {
        fence(store, { number, at, withFiles }, now);
        contents = contentsOf(store, withFiles);
      },
    );
  } finally {
    databaseKey.fill(0);
  }
  if (contents === null) throw new AppError('internal', 'bug', 'a restore did not look');
  return { ...(contents as Contents), ...factsOf(backup.head) };
}

async function rootFor(folder: string, phrase: Sensitive<string>): Promise<Uint8Array> {
  // A slip of the pen is said before a second of Argon2id.
  const read = readPhrase(phrase);
  return await phraseRoot(read, await backupSalt(folder));
}
