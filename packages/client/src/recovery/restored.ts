/**
 * What is done to a profile while it is put together from a backup, before it is one
 * (docs/spec/20-recovery.md, 7), and what a backup says it would bring back.
 */
import { fromUtf8, type Millis } from '@tacet/base';
import { FILE_WATCH } from '../files/reader.ts';
import { FILE_PUTS } from '../files/writer.ts';
import type { ProfileStore } from '../ports.ts';
import { migrate } from '../store/migrate.ts';
import { num } from '../store/rows.ts';
import { MIGRATIONS } from '../store/schema.ts';
import { readSetting } from '../store/settings.ts';

export interface RestoredFrom {
  /** Of the backup. */
  readonly number: number;
  readonly at: Millis;
  readonly withFiles: boolean;
}

/** Of a profile that was restored. */
export interface RestoredView {
  /** How often, at least: of the backups it went through. */
  readonly counter: number;
  readonly at: Millis;
  /** Moment of the backup. */
  readonly backupAt: Millis;
  /** False: nothing is sent yet, as the network was not reached since. */
  readonly begun: boolean;
}

/**
 * The fence: a restored profile knows that it is one, and sends nothing before it has begun anew
 * (docs/spec/20-recovery.md, 9). Throws `profile-newer`.
 */
export function fence(store: ProfileStore, from: RestoredFrom, now: Millis): void {
  migrate(store, MIGRATIONS);
  store.transaction(() => {
    const counter = (restoredView(store)?.counter ?? 0) + 1;
    store.run(
      `INSERT INTO restored (id, counter, at, backup_at, begun) VALUES (1, ?, ?, ?, 0)
       ON CONFLICT (id) DO UPDATE SET counter = excluded.counter, at = excluded.at,
         backup_at = excluded.backup_at, begun = 0`,
      counter,
      Math.floor(now),
      from.at,
    );
    store.run('UPDATE own_roots SET listed = 0');
    // Of another copy, which this one comes after.
    store.run('DELETE FROM copied');
    // Two daemons must not write one folder. The number is the backup's, which did not know it yet.
    store.run(
      `UPDATE backups SET folder = NULL, number = ?, made_at = NULL, former_root = NULL, pending = NULL,
       failed = NULL, failed_at = NULL`,
      from.number,
    );
    if (!from.withFiles) leaveFiles(store, now);
  });
}

/** Bytes of files are not in the backup: what had or was getting some is lost. In a transaction. */
function leaveFiles(store: ProfileStore, now: Millis): void {
  const had = `SELECT id FROM files WHERE state IN ('here', 'wanted', 'loading', 'writing', 'written')
    OR (state = 'offered' AND direction = 'out')`;
  for (const row of store.all(had)) {
    const id = num(row, 'id');
    store.run('DELETE FROM puts WHERE owner = ? AND ref = ?', FILE_PUTS, id);
    store.run('DELETE FROM watches WHERE owner = ? AND ref = ?', FILE_WATCH, id);
    store.run('DELETE FROM file_parts WHERE file_id = ?', id);
    store.run('DELETE FROM file_cells WHERE file_id = ?', id);
    store.run(
      "UPDATE files SET state = 'lost', reason = 'not-in-backup', secret = NULL, moved_at = ? WHERE id = ?",
      Math.floor(now),
      id,
    );
  }
  store.run('DELETE FROM freed_cells');
}

/** Restored, and has not begun to speak: the network was not reached yet. */
export function isSilent(store: ProfileStore): boolean {
  return store.get('SELECT 1 AS one FROM restored WHERE begun = 0') !== undefined;
}

/** Null for a profile that was never restored. */
export function restoredView(store: ProfileStore): RestoredView | null {
  const row = store.get('SELECT * FROM restored');
  if (row === undefined) return null;
  return {
    counter: num(row, 'counter'),
    at: num(row, 'at'),
    backupAt: num(row, 'backup_at'),
    begun: num(row, 'begun') === 1,
  };
}

/** What a restore would bring back. */
export interface Contents {
  readonly profile: string;
  readonly contacts: number;
  readonly messages: number;
  /** Whose bytes are in it. */
  readonly files: number;
}

/** @param store of a copy: it is brought to the tables of this version. Throws `profile-newer`. */
export function contentsOf(store: ProfileStore, withFiles: boolean): Contents {
  migrate(store, MIGRATIONS);
  const count = (sql: string) => num(store.get(`SELECT count(*) AS n FROM ${sql}`) ?? {}, 'n');
  return {
    profile: fromUtf8(readSetting(store, 'profile-name') ?? new Uint8Array()),
    contacts: count("contacts WHERE state <> 'self'"),
    messages: count('messages'),
    files: withFiles ? count("files WHERE state = 'here'") : 0,
  };
}
