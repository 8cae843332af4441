/**
 * What a profile knows of its backups (docs/spec/20-recovery.md, 5): where they go, when the next is due,
 * and what became of the last. Making them is the host's.
 */
import { AppError, HOUR, type Millis } from '@tacet/base';
import type { EventLog } from '../events/log.ts';
import { DEFAULT_BACKUP_HOURS, MAX_BACKUP_HOURS, MAX_FOLDER } from '../limits.ts';
import type { ProfileStore, SqlRow } from '../ports.ts';
import { blob, blobOrNull, num, numOrNull, textOrNull } from '../store/rows.ts';

/** After a failure. */
const AGAIN: Millis = HOUR;

export interface BackupPlan {
  /** Null: nowhere, since this profile was restored. */
  readonly folder: string | null;
  readonly hours: number;
  readonly files: boolean;
  readonly salt: Uint8Array;
  /** Of the phrase: opens the backups. */
  readonly root: Uint8Array;
  /** Of the phrase of before, while the folder may hold a backup of it. */
  readonly formerRoot: Uint8Array | null;
  /** Of the last one that was made; 0 for none. */
  readonly number: number;
  /** Names one whose head may have been written without this profile's knowing. */
  readonly pending: Uint8Array | null;
  readonly madeAt: Millis | null;
  readonly pieces: number;
  /** A code, since the last one that was made. */
  readonly failed: string | null;
  readonly failedAt: Millis | null;
}

export interface BackupChange {
  readonly folder?: string;
  readonly hours?: number;
  readonly files?: boolean;
  readonly phrase?: { readonly salt: Uint8Array; readonly root: Uint8Array };
}

export class Backups {
  private readonly store: ProfileStore;
  private readonly events: EventLog;

  constructor(store: ProfileStore, events: EventLog) {
    this.store = store;
    this.events = events;
  }

  /** Null before there was a phrase. */
  plan(): BackupPlan | null {
    const row = this.store.get('SELECT * FROM backups');
    return row === undefined ? null : planOf(row);
  }

  /** Throws `recovery-phrase-missing`, `backup-hours`, `backup-folder-name`. */
  set(change: BackupChange): BackupPlan {
    const { hours, folder, files, phrase } = change;
    if (
      hours !== undefined &&
      !(Number.isInteger(hours) && hours >= 1 && hours <= MAX_BACKUP_HOURS)
    ) {
      throw new AppError('backup-hours', 'usage', 'backups are made every 1 to 168 hours');
    }
    if (folder !== undefined && (folder === '' || folder.length > MAX_FOLDER)) {
      throw new AppError('backup-folder-name', 'usage', 'that is no name of a folder');
    }
    return this.store.transaction(() => {
      const old = this.plan();
      const next = phrase ?? old;
      if (next === null) {
        const message = 'there is no recovery phrase yet; make one first';
        throw new AppError('recovery-phrase-missing', 'state', message);
      }
      const former = phrase === undefined ? (old?.formerRoot ?? null) : formerOf(old);
      this.store.run(
        `INSERT INTO backups (id, folder, hours, files, salt, root, former_root)
         VALUES (1, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET folder = excluded.folder, hours = excluded.hours,
           files = excluded.files, salt = excluded.salt, root = excluded.root,
           former_root = excluded.former_root, failed = NULL, failed_at = NULL`,
        folder ?? old?.folder ?? null,
        hours ?? old?.hours ?? DEFAULT_BACKUP_HOURS,
        (files ?? old?.files ?? true) ? 1 : 0,
        next.salt,
        next.root,
        former,
      );
      return this.known();
    });
  }

  /** When the next is to be made; null: never. */
  due(): Millis | null {
    const plan = this.plan();
    if (plan === null || plan.folder === null) return null;
    const regular = plan.madeAt === null ? 0 : plan.madeAt + plan.hours * HOUR;
    return plan.failedAt === null ? regular : Math.max(regular, plan.failedAt + AGAIN);
  }

  /** Before a head is written: what dies after it knows it for this profile's own. */
  pending(id: Uint8Array): void {
    this.store.run('UPDATE backups SET pending = ?', id);
  }

  made(made: { readonly number: number; readonly pieces: number }, at: Millis): void {
    this.store.run(
      `UPDATE backups SET number = ?, pieces = ?, made_at = ?, former_root = NULL, pending = NULL,
       failed = NULL, failed_at = NULL`,
      made.number,
      made.pieces,
      Math.floor(at),
    );
  }

  /** The first of a row is an alarm. */
  failed(code: string, now: Millis): void {
    this.store.transaction(() => {
      if (this.plan()?.failed === null) this.events.append(now, 'alarm', 'backup-failed');
      this.store.run('UPDATE backups SET failed = ?, failed_at = ?', code, Math.floor(now));
    });
  }

  private known(): BackupPlan {
    const plan = this.plan();
    if (plan === null) throw new AppError('backup-row', 'bug', 'a plan was saved and is not there');
    return plan;
  }
}

/** The phrase under which the folder's backup was made. */
function formerOf(old: BackupPlan | null): Uint8Array | null {
  if (old === null) return null;
  return old.formerRoot ?? (old.number > 0 ? old.root : null);
}

function planOf(row: SqlRow): BackupPlan {
  return {
    folder: textOrNull(row, 'folder'),
    hours: num(row, 'hours'),
    files: num(row, 'files') === 1,
    salt: blob(row, 'salt'),
    root: blob(row, 'root'),
    formerRoot: blobOrNull(row, 'former_root'),
    number: num(row, 'number'),
    pending: blobOrNull(row, 'pending'),
    madeAt: numOrNull(row, 'made_at'),
    pieces: num(row, 'pieces'),
    failed: textOrNull(row, 'failed'),
    failedAt: numOrNull(row, 'failed_at'),
  };
}
