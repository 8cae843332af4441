/** Backups: the phrase passes through here on its way and is kept nowhere in the page. */
import type { ParamsOf, ResultOf } from '@tacet/api';
import { call } from '../link/rpc.ts';
import { knowDaemon, type UnlockSecret } from '../link/session.ts';
import { look } from './lifecycle.ts';
import { readStatus } from './sync.ts';

export type BackupStatus = ResultOf<'backup.status'>;
export type BackupContents = ResultOf<'backup.test'>;

/** ms between looks how far it is. */
const LOOK = 500;

/** Throws, as all of these, what the daemon refuses. */
export async function makePhrase(): Promise<string> {
  return (await call('backup.phrase', {})).phrase;
}

/**
 * What is not named stays.
 *
 * @param passphrase of the profile: a phrase or folder is taken only with it (docs/spec/12-window.md, 3)
 */
export async function setBackup(
  change: ParamsOf<'backup.set'>,
  passphrase: string | null = null,
): Promise<ResultOf<'backup.set'>> {
  if (passphrase !== null) {
    await knowDaemon();
    await call('profile.unlock', { passphrase });
  }
  return await call('backup.set', change);
}

export async function backUp(): Promise<void> {
  await watched(call('backup.create', {}));
}

/** All of it is decrypted, and the copy opened. */
export async function testBackup(phrase: string): Promise<BackupContents> {
  await knowDaemon();
  return await watched(call('backup.test', { phrase }));
}

/** Where there is no profile yet. */
export async function restore(
  folder: string,
  phrase: string,
  secret: UnlockSecret,
): Promise<BackupContents> {
  await knowDaemon();
  const { contents } = await watched(call('backup.restore', { folder, phrase, ...secret }));
  await look();
  return contents;
}

/** The status says how far it is while it runs. */
async function watched<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => void readStatus().catch(() => undefined), LOOK);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    // A lock may have come in between.
    await readStatus().catch(() => undefined);
  }
}
