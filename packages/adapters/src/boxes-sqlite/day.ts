/**
 * One database file: the boxes that expire on one day. A row of `box` is a place, and places are
 * dealt by a shuffle (`places.ts`), so that neither rows nor pages say in which order boxes came.
 * The small table `place` says which mark stands where and which records are to be erased.
 */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError, equalBytes } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { droppedName, fileName, syncDirectory } from './files.ts';
import { ID_LENGTH, LIMITS, RECORD_LENGTH, REMNANT_LENGTH } from './limits.ts';
import { CHUNK_BYTES, chunkOf, ERASED, LIVE, MAX_DAYS_AHEAD, Places } from './places.ts';

const SCHEMA_VERSION = 2;
const SCHEMA = `
  CREATE TABLE box(place INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;
  CREATE TABLE place(chunk INTEGER PRIMARY KEY, marks BLOB NOT NULL) STRICT;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export interface DayOptions {
  readonly dir: string;
  readonly day: number;
  /** 32 random bits. */
  readonly salt: number;
  /** Uniform in 0..n-1. */
  readonly draw: (n: number) => number;
}

export class Day {
  readonly day: number;
  private readonly options: DayOptions;
  private readonly db: DatabaseSync;
  private readonly path: string;
  private readonly statements: ReturnType<typeof prepare>;
  private places: Places;
  /** Chunks of `place` that differ from the file. */
  private readonly dirty = new Set<number>();
  private open = false;
  /** Written since the write-ahead log was emptied. */
  private logged = false;
  private writing = false;

  constructor(options: DayOptions) {
    const { dir, day } = options;
    this.options = options;
    this.day = day;
    this.path = join(dir, fileName(day));
    this.db = new DatabaseSync(this.path);
    try {
      this.db.exec(`
        PRAGMA page_size = 8192; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -${LIMITS.readCacheKiB};
        PRAGMA wal_autocheckpoint = ${LIMITS.checkpointPages};`);
      const version = Number(this.db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
      if (version !== 0 && version !== SCHEMA_VERSION) throw unknownVersion(version);
      if (version === 0) {
        this.db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
        syncDirectory(dir);
      }
      this.statements = prepare(this.db);
      this.places = this.load();
    } catch (error) {
      this.db.close();
      throw error;
    }
  }

  /** Boxes that take room, erased ones with them. */
  get count(): number {
    return this.places.size;
  }

  /** The place of a mark, or -1. */
  find(low: number, high: number): number {
    return this.places.find(low, high);
  }

  /** The record, or null when it is erased. */
  read(place: number): Uint8Array | null {
    return this.places.state(place) === ERASED ? null : this.row(place);
  }

  compare(place: number, record: Uint8Array): 'same' | 'taken' {
    const row = this.row(place);
    const erased = this.places.state(place) === ERASED;
    const held = erased ? row.subarray(0, REMNANT_LENGTH) : row;
    return equalBytes(held, erased ? remnantOf(record) : record) ? 'same' : 'taken';
  }

  insert(low: number, high: number, record: Uint8Array): void {
    this.begin();
    const end = this.places.size;
    const place = this.options.draw(end + 1);
    if (this.places.deal(low, high, place)) {
      this.statements.move.run(end, place);
      this.statements.write.run(record, place);
    } else {
      this.statements.insert.run(place, record);
    }
    this.dirty.add(chunkOf(place)).add(chunkOf(end));
  }

  /** Notes that the record goes on that day, if `id` is its id. */
  doom(place: number, id: Uint8Array, effectDay: number): void {
    if (this.places.state(place) !== LIVE || effectDay >= this.day) return;
    if (!equalBytes(this.row(place).subarray(0, ID_LENGTH), id)) return;
    this.begin();
    this.places.setState(place, Math.min(MAX_DAYS_AHEAD, this.day - effectDay));
    this.dirty.add(chunkOf(place));
  }

  /** Ends the transaction that `insert` or `doom` began. */
  commit(): void {
    if (!this.open) return;
    try {
      for (const chunk of this.dirty) this.statements.place.run(chunk, this.places.chunk(chunk));
      this.db.exec('COMMIT');
      this.open = false;
      this.dirty.clear();
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  rollback(): void {
    if (!this.open) return;
    this.open = false;
    this.dirty.clear();
    if (this.db.isTransaction) this.db.exec('ROLLBACK');
    this.places = this.load();
  }

  /** Erases some records whose tombstone is due; true while there may be more. */
  eraseSome(today: number): boolean {
    const due: number[] = [];
    for (let place = 0; place < this.places.size && due.length < LIMITS.eraseStep; place++) {
      const state = this.places.state(place);
      if (state !== LIVE && state !== ERASED && this.day - state <= today) due.push(place);
    }
    try {
      for (const place of due) {
        this.begin();
        const row = new Uint8Array(RECORD_LENGTH);
        row.set(remnantOf(this.row(place)));
        this.statements.write.run(row, place);
        this.places.setState(place, ERASED);
        this.dirty.add(chunkOf(place));
      }
      this.commit();
    } catch (error) {
      this.rollback();
      throw error;
    }
    return due.length === LIMITS.eraseStep;
  }

  /** Empties the write-ahead log, whose order is the order of writes. */
  checkpoint(): void {
    if (this.logged) {
      this.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      this.logged = false;
    } else if (this.writing) {
      // Nothing came since the last time: the large cache is for a file that boxes come to.
      this.db.exec(`PRAGMA cache_size = -${LIMITS.readCacheKiB}; PRAGMA shrink_memory`);
      this.writing = false;
    }
  }

  close(): void {
    this.rollback();
    this.db.close();
  }

  /** Closes the file and puts it aside, never to be opened again. @returns its new path */
  putAside(): string {
    const aside = join(this.options.dir, droppedName(this.day));
    // Before it is closed: what is in its log needs no place in a file that goes.
    renameSync(this.path, aside);
    this.close();
    return aside;
  }

  private load(): Places {
    const { size, chunks } = this.statements;
    const rows = chunks.all() as unknown as [Uint8Array][];
    const count = Number((size.get() as unknown as [number | null])[0] ?? -1) + 1;
    const marks = rows.map(([bytes]) => bytes);
    const wanted = Math.ceil(count / (CHUNK_BYTES / 9));
    if (marks.length !== wanted || marks.some(({ length }) => length !== CHUNK_BYTES)) {
      throw new AppError(
        'boxes-unreadable',
        'storage',
        'a day of the box store has lost its index',
      );
    }
    return Places.load(this.options.salt, marks, count);
  }

  private begin(): void {
    if (this.open) return;
    if (!this.writing) this.db.exec(`PRAGMA cache_size = -${LIMITS.writeCacheKiB}`);
    this.db.exec('BEGIN IMMEDIATE');
    this.open = true;
    this.logged = true;
    this.writing = true;
  }

  private row(place: number): Uint8Array {
    const row = this.statements.read.get(place) as unknown as [Uint8Array] | undefined;
    if (row === undefined)
      throw new AppError('boxes-unreadable', 'storage', 'a box has lost its row');
    return row[0];
  }
}

function prepare(db: DatabaseSync) {
  const statement = (sql: string) => {
    const prepared = db.prepare(sql);
    prepared.setReturnArrays(true);
    return prepared;
  };
  return {
    read: statement('SELECT record FROM box WHERE place = ?'),
    insert: statement('INSERT INTO box VALUES(?, ?)'),
    move: statement('INSERT INTO box SELECT ?, record FROM box WHERE place = ?'),
    write: statement('UPDATE box SET record = ? WHERE place = ?'),
    place: statement('INSERT OR REPLACE INTO place VALUES(?, ?)'),
    size: statement('SELECT max(place) FROM box'),
    chunks: statement('SELECT marks FROM place ORDER BY chunk'),
  };
}

/** What stays of an erased record until its day: enough to know a retry from an overwrite. */
function remnantOf(record: Uint8Array): Uint8Array {
  const remnant = new Uint8Array(REMNANT_LENGTH);
  remnant.set(record.subarray(0, ID_LENGTH));
  remnant.set(hash('erased-box', record), ID_LENGTH);
  return remnant;
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
        'the box store was written by a tacet-relay before 0.2: move its folder away',
      );
}
