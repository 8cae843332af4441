/**
 * ProfileStore over an open SQLCipher database (docs/spec/10-store.md). Synchronous; one
 * transaction at a time, nested ones join it.
 */
import type { Database } from '@signalapp/sqlcipher';
import { AppError } from '@tacet/base';
import type { ProfileStore, SqlRow, SqlValue } from '@tacet/client';
import { isStorageFault, storageFailed } from './errors.ts';
import { LOG_PAGES, STATEMENT_CACHE } from './limits.ts';

type Statement = ReturnType<Database['prepare']>;

/** The data file below, which grows with those of the other slots (docs/spec/10-store.md, 9). */
export interface StoreGrowth {
  /** Whether the files are to grow before more is written. */
  isDue(): boolean;
  /** They grow; the database is closed meanwhile. */
  lengthen(): void;
  /** The same, so far that each could hold so many pages. */
  lengthenFor(pages: number): void;
  holds(pages: number): boolean;
  /** The database has so many pages now: whether that is more than its file. */
  isBeyond(pages: number): boolean;
  /** All files get so many, before any of them comes into the open one. */
  reach(): void;
  open(): Database;
  close(): void;
}

export class SqlcipherStore implements ProfileStore {
  /** Null when it could not be opened again. */
  private database: Database | null;
  private readonly growth: StoreGrowth | null;
  private readonly statements = new Map<string, Statement>();
  private readonly onClose: () => void;
  private depth = 0;
  private closed = false;
  /** The disk failed inside this transaction: SQLite may have rolled it back already. */
  private lost = false;
  /** A snapshot is held: the log stays apart from the data file. */
  private frozen = false;

  /** @param growth none: a file of its own */
  constructor(
    database: Database,
    onClose: () => void = () => {},
    growth: StoreGrowth | null = null,
  ) {
    this.database = database;
    this.onClose = onClose;
    this.growth = growth;
  }

  transaction<T>(work: () => T): T {
    const nested = this.depth > 0;
    if (!nested) this.growAhead();
    // A failed inner part that the outer one survives must leave nothing behind: a savepoint.
    this.tell(nested ? 'SAVEPOINT inner_part' : 'BEGIN IMMEDIATE');
    this.depth += 1;
    try {
      const result = work();
      if (result instanceof Promise) {
        throw new AppError('transaction-async', 'bug', 'a transaction must not wait');
      }
      if (nested) this.tell('RELEASE inner_part');
      else this.commit();
      return result;
    } catch (error) {
      this.rollback(nested);
      throw error;
    } finally {
      this.depth -= 1;
      if (!nested) this.lost = false;
    }
  }

  exec(sql: string): void {
    if (this.depth === 0) this.growAhead();
    this.tell(sql);
    // Outside of a transaction it may have been one, or a setting, which must stand in none.
    if (this.depth === 0 && !this.frozen) this.reach();
  }

  run(sql: string, ...params: SqlValue[]): { changes: number; rowId: number } {
    if (this.growth !== null && this.depth === 0) {
      return this.transaction(() => this.run(sql, ...params));
    }
    const { changes, lastInsertRowid } = this.ask(() => this.prepare(sql).run(bindable(params)));
    return { changes, rowId: lastInsertRowid };
  }

  get(sql: string, ...params: SqlValue[]): SqlRow | undefined {
    const row = this.ask(() => this.prepare(sql).get<SqlRowOf>(bindable(params)));
    return row === undefined ? undefined : plain(row);
  }

  all(sql: string, ...params: SqlValue[]): readonly SqlRow[] {
    return this.ask(() => this.prepare(sql).all<SqlRowOf>(bindable(params))).map(plain);
  }

  /** Waits for the release while a snapshot is held. */
  checkpoint(): void {
    if (this.frozen) this.assertOpen();
    else this.ask(() => this.db().pragma('wal_checkpoint(TRUNCATE)'));
  }

  /** From here on the data file does not change, until `thaw`. Throws `snapshot-held`. */
  freeze(): void {
    this.assertOpen();
    if (this.frozen) {
      throw new AppError('snapshot-held', 'state', 'a backup of this profile is being made');
    }
    // Outside a transaction, or what the data file holds would be no moment of the profile.
    if (this.depth > 0) throw new AppError('snapshot-inside', 'bug', 'a snapshot in a transaction');
    this.checkpoint();
    this.tell('PRAGMA wal_autocheckpoint = 0');
    this.frozen = true;
  }

  /** What waited in the log goes into the data file. Twice, or after the end, is fine. */
  thaw(): void {
    if (!this.frozen) return;
    this.frozen = false;
    if (this.closed) return;
    this.reach();
    this.tell(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
    this.checkpoint();
  }

  /** Data files of all slots are long enough for so many pages. */
  makeRoom(pages: number): void {
    this.assertOpen();
    const { growth } = this;
    if (growth === null || growth.holds(pages)) return;
    if (this.frozen || this.depth > 0) growth.lengthenFor(pages);
    else this.anew(() => growth.lengthenFor(pages));
  }

  close(): void {
    if (this.closed) return;
    try {
      // Closing brings the log into the file.
      this.reach();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
    this.closed = true;
    this.statements.clear();
    try {
      this.database?.close();
    } finally {
      this.growth?.close();
      this.onClose();
    }
  }

  private tell(sql: string): void {
    this.ask(() => this.db().exec(sql));
  }

  private commit(): void {
    const isBeyond = !this.frozen && this.isBeyond();
    // SQLite would lengthen the one file by itself.
    if (isBeyond) this.tell('PRAGMA wal_autocheckpoint = 0');
    try {
      this.tell('COMMIT');
      if (isBeyond) this.growth?.reach();
    } finally {
      if (isBeyond) this.db().exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
    }
  }

  /** Before anything is written: the data files of all slots grow, where little is left. */
  private growAhead(): void {
    const { growth } = this;
    if (growth === null || this.frozen || this.closed || !growth.isDue()) return;
    this.anew(() => growth.lengthen());
  }

  /** While `work` runs the database is closed, and its log empty. */
  private anew(work: () => void): void {
    this.checkpoint();
    this.statements.clear();
    this.ask(() => this.db().close());
    this.database = null;
    work();
    this.ask(() => this.db());
  }

  /** All files have what pages the log may bring into the open one. */
  private reach(): void {
    if (this.isBeyond()) this.growth?.reach();
  }

  private isBeyond(): boolean {
    if (this.growth === null) return false;
    const pages = this.ask(() => this.prepare('PRAGMA page_count').get<SqlRowOf>())?.['page_count'];
    return this.growth.isBeyond(Number(pages));
  }

  private db(): Database {
    if (this.database !== null) return this.database;
    if (this.growth === null)
      throw new AppError('profile-closed', 'state', 'the profile is locked');
    this.database = this.growth.open();
    return this.database;
  }

  /** A wrong statement is a bug and passes as it is; trouble with the disk gets our name. */
  private ask<T>(work: () => T): T {
    this.assertOpen();
    if (this.lost) {
      // Going on would write outside the transaction the caller believes in.
      throw new AppError('transaction-lost', 'storage', 'the disk failed; nothing was saved');
    }
    try {
      return work();
    } catch (error) {
      if (!isStorageFault(error)) throw error;
      this.lost = this.depth > 0;
      throw storageFailed(error);
    }
  }

  private prepare(sql: string): Statement {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    if (this.statements.size >= STATEMENT_CACHE) {
      const [oldest] = this.statements;
      if (oldest !== undefined) {
        this.statements.delete(oldest[0]);
        oldest[1].close();
      }
    }
    const statement = this.db().prepare(steady(sql), { persistent: true });
    this.statements.set(sql, statement);
    return statement;
  }

  private rollback(nested: boolean): void {
    try {
      this.db().exec(nested ? 'ROLLBACK TO inner_part; RELEASE inner_part' : 'ROLLBACK');
    } catch {
      // SQLite has rolled back by itself (full disk, I/O error): the first error is the story.
      this.lost = nested;
    }
  }

  /** Throws `profile-closed`. */
  assertOpen(): void {
    if (this.closed) throw new AppError('profile-closed', 'state', 'the profile is locked');
  }
}

/**
 * The planner looks into a bound value that could choose a partial index or that bounds a search, and
 * plans anew whenever another one is bound: half a millisecond and more each time, as its memory is locked
 * piece by piece. It does not look into an expression, and a plus changes neither value nor affinity.
 */
function steady(sql: string): string {
  return sql.replace(/'[^']*'|\?/g, (found) => (found === '?' ? '+?' : found));
}

type SqlRowOf = Record<string, Bindable>;

type Bindable = string | number | null | Uint8Array<ArrayBuffer>;

/** The driver binds an empty array of its own as NULL; a view into a buffer stays a blob. */
const EMPTY_BLOB = new Uint8Array(1).subarray(0, 0);

function bindable(params: readonly SqlValue[]): Bindable[] {
  return params.map((value) => {
    if (typeof value === 'number') return exact(value);
    if (!(value instanceof Uint8Array)) return value;
    if (value.length === 0) return EMPTY_BLOB;
    return value.buffer instanceof ArrayBuffer
      ? (value as Uint8Array<ArrayBuffer>)
      : new Uint8Array(value);
  });
}

/** Whole numbers beyond 2^53 would lose digits silently; NaN would become NULL. */
function exact(value: number): number {
  const lossy = Number.isInteger(value) ? !Number.isSafeInteger(value) : Number.isNaN(value);
  if (lossy) throw new AppError('number-unsafe', 'bug', 'a number does not fit the database');
  return value;
}

/** Checks numbers; turns the driver's Buffers, whose `slice` differs, into plain arrays. */
function plain(row: SqlRowOf): SqlRow {
  for (const name in row) {
    const value = row[name];
    if (typeof value === 'number') exact(value);
    else if (value instanceof Uint8Array) {
      row[name] = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    }
  }
  return row;
}
