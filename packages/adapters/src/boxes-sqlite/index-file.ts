/**
 * The database of one day: how many places there are, which mark stands in which, and what is
 * left of erased records. Small beside the records; read whole at a start.
 *
 * A commit is one row of the table `change`: a batch touches almost every row of the table `place`,
 * and writing those would be fifty times as much. Every so many commits the changes go there.
 */
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '@tacet/base';
import { LIMITS } from './limits.ts';
import { CHUNK_BYTES, CHUNK_PLACES, chunkOf, ENTRY_WORDS, Places } from './places.ts';

const SCHEMA_VERSION = 3;
const WITHOUT_CHANGES = 2;
const CHANGES = `
  CREATE TABLE change(number INTEGER PRIMARY KEY, places INTEGER NOT NULL, entries BLOB NOT NULL)
    STRICT;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;
const SCHEMA = `
  CREATE TABLE size(id INTEGER PRIMARY KEY CHECK(id = 1), places INTEGER NOT NULL) STRICT;
  CREATE TABLE place(chunk INTEGER PRIMARY KEY, marks BLOB NOT NULL) STRICT;
  CREATE TABLE gone(mark BLOB PRIMARY KEY, remnant BLOB NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO size VALUES(1, 0);
  ${CHANGES}
`;

export class IndexFile {
  /** True when this call made it. */
  readonly isNew: boolean;
  private readonly db: DatabaseSync;
  private grown = false;
  /** Rows of `change`, and the rows of `place` that are behind them. */
  private changes = 0;
  private readonly behind = new Set<number>();
  private readonly statements: ReturnType<typeof prepare>;

  constructor(path: string) {
    this.db = new DatabaseSync(path);
    try {
      this.db.exec(`
        PRAGMA page_size = ${LIMITS.pageBytes}; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -${LIMITS.readCacheKiB};
        PRAGMA wal_autocheckpoint = ${LIMITS.checkpointPages};`);
      const version = Number(this.db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
      if (![0, WITHOUT_CHANGES, SCHEMA_VERSION].includes(version)) throw unknownVersion(version);
      this.isNew = version === 0;
      if (this.isNew) this.db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
      if (version === WITHOUT_CHANGES) this.db.exec(`BEGIN IMMEDIATE; ${CHANGES} COMMIT`);
      this.statements = prepare(this.db);
    } catch (error) {
      this.db.close();
      throw error;
    }
  }

  /** @param salt of the index in memory */
  load(salt: number): Places {
    const rows = this.statements.chunks.all() as unknown as [Uint8Array][];
    const [size] = this.statements.size.get() as unknown as [number];
    const changes = this.statements.changes.all() as unknown as [number, Uint8Array][];
    const chunks = rows.map(([bytes]) => bytes);
    const whole =
      chunks.every(({ length }) => length === CHUNK_BYTES) &&
      changes.every(([, { length }]) => length % (4 * ENTRY_WORDS) === 0);
    if (!whole || chunks.length !== Math.ceil(size / CHUNK_PLACES)) throw lost();
    const entries = changes.map(([, bytes]) => new Int32Array(bytes.slice().buffer));
    this.changes = changes.length;
    this.behind.clear();
    const now = changes.at(-1)?.[0] ?? size;
    for (const place of entries.flatMap(placesIn)) {
      if (place >= now) throw lost();
      this.behind.add(chunkOf(place));
    }
    return Places.load(salt, chunks, entries, now);
  }

  /** Durable when it returns, all of it or nothing. @param dirty places that differ */
  save(
    places: Places,
    dirty: Iterable<number>,
    gone: readonly { readonly mark: Uint8Array; readonly remnant: Uint8Array }[] = [],
  ): void {
    const { statements } = this;
    const entries = places.entries(dirty);
    this.transaction(() => {
      statements.change.run(places.size, new Uint8Array(entries.buffer));
      for (const { mark, remnant } of gone) statements.goneIn.run(mark, remnant);
    });
    this.changes += 1;
    for (const place of placesIn(entries)) this.behind.add(chunkOf(place));
    // In the order in which boxes came, and outside of what the engine overwrites.
    entries.fill(0);
    if (this.changes >= LIMITS.changes) this.fold(places);
  }

  remnant(mark: Uint8Array): Uint8Array | null {
    const row = this.statements.goneOut.get(mark) as unknown as [Uint8Array] | undefined;
    return row?.[0] ?? null;
  }

  /** Ends what tells the order of writes: the changes, and the write-ahead log. */
  checkpoint(places: Places): void {
    this.fold(places);
    this.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    this.db.close();
  }

  private fold(places: Places): void {
    if (this.changes === 0) return;
    const { statements } = this;
    this.transaction(() => {
      for (const chunk of this.behind) statements.place.run(chunk, places.chunk(chunk));
      statements.resize.run(places.size);
      statements.forget.run();
    });
    this.changes = 0;
    this.behind.clear();
  }

  private transaction(write: () => void): void {
    const { db } = this;
    if (!this.grown) {
      // Most days are read once and never written to again: they need no cache.
      db.exec(`PRAGMA cache_size = -${LIMITS.writeCacheKiB}`);
      this.grown = true;
    }
    db.exec('BEGIN IMMEDIATE');
    try {
      write();
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
}

function prepare(db: DatabaseSync) {
  const statement = (sql: string) => {
    const prepared = db.prepare(sql);
    prepared.setReturnArrays(true);
    return prepared;
  };
  return {
    size: statement('SELECT places FROM size'),
    resize: statement('UPDATE size SET places = ?'),
    chunks: statement('SELECT marks FROM place ORDER BY chunk'),
    place: statement('INSERT OR REPLACE INTO place VALUES(?, ?)'),
    change: statement('INSERT INTO change(places, entries) VALUES(?, ?)'),
    changes: statement('SELECT places, entries FROM change ORDER BY number'),
    forget: statement('DELETE FROM change'),
    // A crash may have come between this and what follows it: the first one holds.
    goneIn: statement('INSERT OR IGNORE INTO gone VALUES(?, ?)'),
    goneOut: statement('SELECT remnant FROM gone WHERE mark = ?'),
  };
}

function placesIn(entries: Int32Array): number[] {
  return Array.from(
    { length: entries.length / ENTRY_WORDS },
    (_, i) => entries[ENTRY_WORDS * i] ?? 0,
  );
}

function lost(): AppError {
  return new AppError('boxes-unreadable', 'storage', 'a day of the box store has lost its index');
}

function unknownVersion(version: number): AppError {
  return version > SCHEMA_VERSION
    ? new AppError(
        'boxes-newer',
        'storage',
        'the box store was written by a newer tacet-relay: run that version or a later one',
      )
    : new AppError(
        'boxes-older',
        'storage',
        'the box store was written by an earlier tacet-relay: move its folder away',
      );
}
