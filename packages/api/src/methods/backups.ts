/** Backups of the profile (docs/spec/20-recovery.md). The phrase comes and goes here and is kept nowhere. */
import * as v from 'valibot';
import { MAX_BACKUP_HOURS, MAX_FOLDER, MAX_PHRASE } from '../limits.ts';
import { always, method, nothing, passphrase, upTo } from '../method.ts';
import { profileStatus } from '../views.ts';

const time = v.number();
const count = v.number();
const phrase = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_PHRASE));
const folder = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_FOLDER));

const backupStatus = v.object({
  /** A recovery phrase was made. */
  phrase: v.boolean(),
  /** Where backups go; null: nowhere yet. */
  folder: v.nullable(v.string()),
  hours: count,
  files: v.boolean(),
  /** The last one; null: none. */
  last: v.nullable(v.object({ number: count, at: time, bytes: count })),
  /** Why the next is not made, and when that was found. */
  failed: v.nullable(v.object({ code: v.string(), at: time })),
  /** When the next is to be made; null: never. */
  due: v.nullable(time),
  running: v.boolean(),
});

/** Copies that the daemon keeps beside the profile by itself. */
const rolling = v.object({
  /** Their moments, the newest first. */
  kept: v.array(time),
  /** Why the next is not made, and when that was found. */
  failed: v.nullable(v.object({ code: v.string(), at: time })),
});

/** What a restore would bring back, or has brought. */
const contents = v.object({
  /** Of the backup. */
  number: count,
  at: time,
  profile: v.string(),
  contacts: count,
  messages: count,
  /** Whose bytes are in it. */
  files: count,
  withFiles: v.boolean(),
  bytes: count,
});

export const backupMethods = {
  /** A new recovery phrase. It counts once `backup.set` was given it; nothing is kept of it here. */
  'backup.phrase': method(nothing, v.object({ phrase: v.string() }), 'owner'),
  /** What is not given stays as it is. A folder is an absolute path; without one, beside the profile. */
  'backup.set': method(
    v.strictObject({
      phrase: v.exactOptional(phrase),
      folder: v.exactOptional(folder),
      hours: v.exactOptional(upTo(1, MAX_BACKUP_HOURS)),
      files: v.exactOptional(v.boolean()),
    }),
    backupStatus,
    'owner',
  ),
  /** Makes one now, and answers when it stands. `whole`: also what did not change is written. */
  'backup.create': method(
    v.strictObject({ whole: v.exactOptional(v.boolean()) }),
    v.object({ ...backupStatus.entries, written: count, pieces: count }),
    'owner',
  ),
  'backup.status': method(nothing, v.object({ ...backupStatus.entries, rolling }), 'admin'),
  /** Decrypts all of a backup, and opens and checks the copy. Without a folder, this profile's own. */
  'backup.test': method(
    v.strictObject({ phrase, folder: v.exactOptional(folder) }),
    contents,
    'owner',
    always,
  ),
  /** Makes a profile from a backup, where there is none. It begins anew with its contacts by itself. */
  'backup.restore': method(
    v.strictObject({
      phrase,
      folder,
      passphrase: v.exactOptional(passphrase),
      keychain: v.exactOptional(v.boolean()),
    }),
    v.object({ status: profileStatus, contents }),
    'owner',
    always,
  ),
} as const;
