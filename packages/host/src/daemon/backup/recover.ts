/** Testing a backup, and making a profile from one (docs/spec/20-recovery.md, 6 and 7). */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { backupSalt, openBackup } from '@tacet/adapters/backup-folder';
import { phraseRoot, readPhrase } from '@tacet/adapters/recovery-phrase';
import { AppError, errorOf, type Millis, type Sensitive } from '@tacet/base';
import { type Contents, contentsOf, fence } from '@tacet/client';
import type { Opened, ProfileSecret, ProfileVault } from '../ports.ts';
import { copyIn, removeCopy } from './copy.ts';
import { counted, factsOf } from './facts.ts';
import type { Progress } from './keeper.ts';
import type { Found, FromThread, ThreadData } from './protocol.ts';

export interface Watcher {
  readonly tell: (progress: Progress) => void;
  /** The daemon ends: so does this, with `backup-ended`. */
  readonly signal: AbortSignal;
}

/**
 * @param dir the profile's folder, in which the copy is put together and removed
 * @param root of the phrase (`rootFor`); wiped
 * Throws `recovery-phrase-wrong`, `backup-missing`, `backup-damaged`, `backup-newer-form`,
 * `profile-unreadable`, `disk-full`, `backup-ended`.
 */
export async function testBackup(
  dir: string,
  from: { readonly folder: string; readonly root: Uint8Array },
  watcher: Watcher,
): Promise<Found> {
  const { folder, root } = from;
  const place = copyIn(dir);
  try {
    if (watcher.signal.aborted) throw ended();
    await mkdir(place, { mode: 0o700 });
    return await inThread({ folder, root, path: join(place, 'data') }, watcher);
  } finally {
    root.fill(0);
    removeCopy(dir);
  }
}

async function inThread(workerData: ThreadData, { tell, signal }: Watcher): Promise<Found> {
  const options = { workerData, stdout: true, stderr: true };
  const worker = new Worker(new URL('./thread.ts', import.meta.url), options);
  const { promise, resolve, reject } = Promise.withResolvers<Found>();
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'progress') {
      tell({ kind: 'test', done: message.done, total: message.total });
    } else if (message.kind === 'found') resolve(message.found);
    else reject(errorOf(message.refusal));
  });
  worker.once('error', (cause) => reject(broken(cause)));
  worker.once('exit', () => reject(broken(null)));
  const end = () => reject(ended());
  signal.addEventListener('abort', end, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', end);
    await worker.terminate();
  }
}

function broken(cause: unknown): AppError {
  return new AppError('internal', 'bug', 'the test of a backup ended unexpectedly', { cause });
}

function ended(): AppError {
  return new AppError('backup-ended', 'state', 'the daemon ends; nothing was changed');
}

/** As `testBackup` and `rootFor`, and what `ProfileVault.restore` throws. There is a profile when it resolves. */
export async function restoreBackup<Store extends Opened>(
  vault: ProfileVault<Store>,
  from: { readonly folder: string; readonly phrase: Sensitive<string> },
  secret: ProfileSecret,
  now: Millis,
  { tell, signal }: Watcher,
): Promise<Found> {
  const root = await rootFor(from.folder, from.phrase);
  const backup = await openBackup(from.folder, root).finally(() => root.fill(0));
  const { databaseKey, withFiles, number, at } = backup.head;
  const count = { done: 0 };
  const progress = (done: number): void => {
    if (signal.aborted) throw ended();
    tell({ kind: 'restore', done, total: backup.pieces });
  };
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

/**
 * What the phrase opens that folder with: 256 MiB.
 * @param alone runs Argon2id where nothing else of that kind runs. Not the folder: whoever unlocks waits for what
 * runs there, and a disk may never answer.
 * Throws `recovery-phrase-malformed`, `backup-missing`.
 */
export async function rootFor(
  folder: string,
  phrase: Sensitive<string>,
  alone: <T>(work: () => Promise<T>) => Promise<T> = (work) => work(),
): Promise<Uint8Array> {
  // A slip of the pen is said before a second of Argon2id.
  const read = readPhrase(phrase);
  const salt = await backupSalt(folder);
  return await alone(() => phraseRoot(read, salt));
}
