/**
 * One database file: the boxes that expire on one day. Rows are keyed by mark, so that their
 * order is the order of random numbers; the small table `mark` lists the keys for a quick start
 * and says which records are to be erased (1) or are erased (2).
 */
import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError, equalBytes } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { ID_LENGTH, LIMITS, RECORD_LENGTH } from './limits.ts';
import { MarkSet } from './marks.ts';

const SCHEMA_VERSION = 1;
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS box(mark INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS mark(mark INTEGER PRIMARY KEY, state INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS doomed ON mark(mark) WHERE state = 1;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export class Day {
  readonly day: number;
  /** Every mark of the file once `loaded`; before that those met so far. */
  private marks: MarkSet;
  private loaded = false;
  private loadedUpTo: bigint | null = null;
  private erased = 0;
  private open = false;
  private readonly db: DatabaseSync;
  private readonly path: string;
  private readonly salt: number;
  private readonly statements: ReturnType<typeof prepare>;

  constructor(dir: string, day: number, salt: number) {
    this.day = day;
    this.salt = salt;
    this.marks = new MarkSet(salt);
    this.path = join(dir, fileName(day));
    this.db = new DatabaseSync(this.path);
    try {
      this.db.exec(`
        PRAGMA page_size = 8192; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -1024;
        PRAGMA wal_autocheckpoint = 2000; PRAGMA temp_store = MEMORY;`);
      const version = Number(this.db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
      if (version > SCHEMA_VERSION) throw newer();
      if (version === 0) {
        this.db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
        syncDirectory(dir);
        this.loaded = true;
      }
      this.statements = prepare(this.db);
    } catch (error) {
      this.db.close();
      throw error;
    }
  }

  /** Boxes whose record is held; exact once the index is loaded. */
  get count(): number {
    return this.marks.size - this.erased;
  }

  get indexed(): boolean {
    return this.loaded;
  }

  has(mark: bigint): boolean {
    if (this.marks.has(mark)) return true;
    if (this.loaded) return false;
    return this.statements.probe.get(mark) !== undefined;
  }

  /** The record, or null when it is absent or erased. */
  read(mark: bigint): Uint8Array | null {
    const row = this.row(mark);
    return row?.length === RECORD_LENGTH ? row : null;
  }

  compare(mark: bigint, record: Uint8Array): 'same' | 'taken' {
    const row = this.row(mark);
    if (row === null) return 'taken';
    const wanted = row.length === RECORD_LENGTH ? record : remnantOf(record);
    return equalBytes(row, wanted) ? 'same' : 'taken';
  }

  insert(mark: bigint, record: Uint8Array): void {
    this.begin();
    this.statements.insertBox.run(mark, record);
    this.statements.insertMark.run(mark);
    this.marks.add(mark);
  }

  /** Notes that the record goes at the next `eraseSome`, if `id` is its id. */
  doom(mark: bigint, id: Uint8Array): void {
    const record = this.read(mark);
    if (record === null || !equalBytes(record.subarray(0, ID_LENGTH), id)) return;
    this.begin();
    this.statements.doom.run(mark);
  }

  /** Ends the transaction that `insert` or `doom` began. */
  commit(): void {
    if (!this.open) return;
    try {
      this.db.exec('COMMIT');
      this.open = false;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  rollback(): void {
    if (!this.open) return;
    this.open = false;
    try {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
    } finally {
      // The index may now name rows that are not there.
      this.forgetIndex();
    }
  }

  /** Erases some doomed records; true while there are more. */
  eraseSome(): boolean {
    const doomed = this.statements.doomed.all(LIMITS.eraseStep) as unknown as bigint[][];
    if (doomed.length === 0) return false;
    let erased = 0;
    try {
      this.begin();
      for (const [mark] of doomed) {
        const record = mark === undefined ? null : this.read(mark);
        if (mark === undefined || record === null) continue;
        this.statements.shrink.run(remnantOf(record), mark);
        this.statements.erased.run(mark);
        erased += 1;
      }
      this.commit();
    } catch (error) {
      this.rollback();
      throw error;
    }
    if (this.loaded) this.erased += erased;
    else this.forgetIndex();
    return doomed.length === LIMITS.eraseStep;
  }

  /** Reads some marks of the file into memory; true while there are more. */
  loadSome(): boolean {
    if (this.loaded) return false;
    const from = this.loadedUpTo ?? -(2n ** 63n);
    const rows = this.statements.list.all(from, LIMITS.indexStep) as unknown as bigint[][];
    for (const [mark, state] of rows) {
      if (mark === undefined) continue;
      this.marks.add(mark);
      if (state === 2n) this.erased += 1;
      this.loadedUpTo = mark + 1n;
    }
    this.loaded = rows.length < LIMITS.indexStep || this.loadedUpTo === 2n ** 63n;
    return !this.loaded;
  }

  /** Empties the write-ahead log, whose order is the order of writes. */
  checkpoint(): void {
    this.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    this.rollback();
    this.db.close();
  }

  /** Closes and removes the file. */
  drop(): void {
    this.close();
    for (const suffix of ['', '-wal', '-shm', '-journal']) {
      rmSync(this.path + suffix, { force: true });
    }
  }

  private forgetIndex(): void {
    this.marks = new MarkSet(this.salt);
    this.loaded = false;
    this.loadedUpTo = null;
    this.erased = 0;
  }

  private begin(): void {
    if (this.open) return;
    this.db.exec('BEGIN IMMEDIATE');
    this.open = true;
  }

  private row(mark: bigint): Uint8Array | null {
    const row = this.statements.read.get(mark) as unknown as Uint8Array[] | undefined;
    return row?.[0] ?? null;
  }
}

function prepare(db: DatabaseSync) {
  const statement = (sql: string) => {
    const prepared = db.prepare(sql);
    prepared.setReadBigInts(true);
    prepared.setReturnArrays(true);
    return prepared;
  };
  return {
    probe: statement('SELECT 1 FROM mark WHERE mark = ?'),
    read: statement('SELECT record FROM box WHERE mark = ?'),
    insertBox: statement('INSERT INTO box VALUES(?, ?)'),
    insertMark: statement('INSERT INTO mark VALUES(?, 0)'),
    doom: statement('UPDATE mark SET state = 1 WHERE mark = ? AND state = 0'),
    doomed: statement('SELECT mark FROM mark WHERE state = 1 LIMIT ?'),
    shrink: statement('UPDATE box SET record = ? WHERE mark = ?'),
    erased: statement('UPDATE mark SET state = 2 WHERE mark = ?'),
    list: statement('SELECT mark, state FROM mark WHERE mark >= ? ORDER BY mark LIMIT ?'),
  };
}

/** What stays of an erased record until its day: enough to know a retry from an overwrite. */
function remnantOf(record: Uint8Array): Uint8Array {
  const remnant = new Uint8Array(ID_LENGTH + 32);
  remnant.set(record.subarray(0, ID_LENGTH));
  remnant.set(hash('erased-box', record), ID_LENGTH);
  return remnant;
}

export function fileName(day: number): string {
  return `boxes-${day}.db`;
}

/** The expiry day in a file's name, or null for another file. */
export function dayOfFile(name: string): number | null {
  const match = /^boxes-(\d{1,7})\.db$/.exec(name);
  return match ? Number(match[1]) : null;
}

function syncDirectory(dir: string): void {
  const handle = openSync(dir, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function newer(): AppError {
  return new AppError(
    'boxes-newer',
    'storage',
    'the box store was written by a newer tacet-relay: run that version or a later one',
  );
}
