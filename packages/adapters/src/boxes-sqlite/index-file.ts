/**
 * The database of one day: how many places there are, which mark stands in which, and what is
 * left of erased records. Small beside the records; read whole at a start.
 */
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '@tacet/base';
import { LIMITS } from './limits.ts';
import { CHUNK_BYTES, CHUNK_PLACES, Places } from './places.ts';

const SCHEMA_VERSION = 2;
const SCHEMA = `
  CREATE TABLE size(id INTEGER PRIMARY KEY CHECK(id = 1), places INTEGER NOT NULL) STRICT;
  CREATE TABLE place(chunk INTEGER PRIMARY KEY, marks BLOB NOT NULL) STRICT;
  CREATE TABLE gone(mark BLOB PRIMARY KEY, remnant BLOB NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO size VALUES(1, 0);
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export class IndexFile {
  /** True when this call made it. */
  readonly isNew: boolean;
  private readonly db: DatabaseSync;
  private grown = false;
  private readonly statements: ReturnType<typeof prepare>;

  constructor(path: string) {
    this.db = new DatabaseSync(path);
    try {
      this.db.exec(`
        PRAGMA page_size = 8192; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -${LIMITS.readCacheKiB};
        PRAGMA wal_autocheckpoint = ${LIMITS.checkpointPages};`);
      const version = Number(this.db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
      if (version !== 0 && version !== SCHEMA_VERSION) throw unknownVersion(version);
      this.isNew = version === 0;
      if (this.isNew) this.db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
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
    const chunks = rows.map(([bytes]) => bytes);
    const whole = chunks.every(({ length }) => length === CHUNK_BYTES);
    if (!whole || chunks.length !== Math.ceil(size / CHUNK_PLACES)) {
      throw new AppError(
        'boxes-unreadable',
        'storage',
        'a day of the box store has lost its index',
      );
    }
    return Places.load(salt, chunks, size);
  }

  /** Durable when it returns, all of it or nothing. */
  save(
    places: Places,
    dirty: Iterable<number>,
    gone: readonly { readonly mark: Uint8Array; readonly remnant: Uint8Array }[] = [],
  ): void {
    const { db, statements } = this;
    if (!this.grown) {
      // Most days are read once and never written to again: they need no cache.
      db.exec(`PRAGMA cache_size = -${LIMITS.writeCacheKiB}`);
      this.grown = true;
    }
    db.exec('BEGIN IMMEDIATE');
    try {
      for (const chunk of dirty) statements.place.run(chunk, places.chunk(chunk));
      for (const { mark, remnant } of gone) statements.goneIn.run(mark, remnant);
      statements.resize.run(places.size);
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  remnant(mark: Uint8Array): Uint8Array | null {
    const row = this.statements.goneOut.get(mark) as unknown as [Uint8Array] | undefined;
    return row?.[0] ?? null;
  }

  /** Empties the write-ahead log, whose order is the order of writes. */
  checkpoint(): void {
    this.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    this.db.close();
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
    // A crash may have come between this and what follows it: the first one holds.
    goneIn: statement('INSERT OR IGNORE INTO gone VALUES(?, ?)'),
    goneOut: statement('SELECT remnant FROM gone WHERE mark = ?'),
  };
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
