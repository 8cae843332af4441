/**
 * The index of one day: which mark stands in which place. The table is a file (`marks-file.ts`), what
 * changed since it was written a log beside it (`change-log.ts`): a batch touches almost every chunk of
 * the table, and writing those would be fifty times as much. A database says which form the files
 * have and keeps a second process out.
 *
 * Nothing of a box is given to the database: it frees the values and pages it was given as they are.
 * From those the order of writes was read (docs/decisions/0103), and what is left of erased records
 * outlived its day in them (docs/decisions/0105).
 */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '@tacet/base';
import { ChangeLog } from './change-log.ts';
import {
  DROP_REMNANTS,
  DROP_TABLE,
  placesOfEarlier,
  type Remnant,
  remnantsOfEarlier,
  TABLE_VERSIONS,
  WITH_REMNANTS,
} from './earlier.ts';
import { changesName, droppedName, fileName, marksName, syncDirectory } from './files.ts';
import { LIMITS } from './limits.ts';
import { MarksFile } from './marks-file.ts';
import { chunkOf, ENTRY_WORDS, Places } from './places.ts';

const VERSION = 5;

export class IndexFile {
  /** True when this call made it. */
  readonly isNew: boolean;
  /** The database still has what is left of erased records: `remnantsOfEarlier`, `forgetEarlier`. */
  readonly isEarlier: boolean;
  private readonly dir: string;
  private readonly day: number;
  private readonly db: DatabaseSync;
  private readonly marks: MarksFile;
  private readonly log: ChangeLog;
  /** Chunks that the table on disk has as they were. */
  private readonly behind = new Set<number>();

  constructor(dir: string, day: number) {
    this.dir = dir;
    this.day = day;
    this.db = new DatabaseSync(join(dir, fileName(day)));
    try {
      this.db.exec(`
        PRAGMA page_size = ${LIMITS.pageBytes}; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -${LIMITS.cacheKiB};`);
      const version = Number(this.db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
      this.isNew = version === 0;
      this.isEarlier = TABLE_VERSIONS.includes(version) || version === WITH_REMNANTS;
      if (version !== VERSION && version !== WITH_REMNANTS) this.make(version);
      this.marks = MarksFile.open(this.path(marksName));
      this.log = new ChangeLog(this.path(changesName));
    } catch (error) {
      this.db.close();
      throw isAbsent(error) ? lost() : error;
    }
  }

  /** @param salt of the index in memory */
  load(salt: number): Places {
    const table = this.marks.read();
    if (table === null) throw lost();
    this.behind.clear();
    return this.log.load(table.size, ({ lists, size }) => {
      for (const entries of lists) {
        for (let at = 0; at < entries.length; at += ENTRY_WORDS) {
          const place = entries[at] ?? -1;
          if (place < 0 || place >= size) throw lost();
          this.behind.add(chunkOf(place));
        }
      }
      return Places.load(salt, table.chunks, lists, size);
    });
  }

  /** Durable when it returns, all of them or none. @param dirty places that differ */
  save(places: Places, dirty: ReadonlySet<number>): void {
    // Ascending: of one commit nothing says which box came first.
    const numbers = Int32Array.from(dirty).sort();
    this.log.append(places.size, numbers.length, (entries) => places.copyEntries(numbers, entries));
    for (const place of numbers) this.behind.add(chunkOf(place));
    numbers.fill(0);
    if (this.log.bytes >= LIMITS.changeBytes) this.fold(places);
  }

  remnantsOfEarlier(): readonly Remnant[] {
    const remnants = remnantsOfEarlier(this.db);
    if (remnants === null) throw lost();
    return remnants;
  }

  /** What the database had is on the disk elsewhere. */
  forgetEarlier(): void {
    this.write(DROP_REMNANTS, VERSION);
  }

  /** Ends what tells the order of writes, the log of changes. */
  checkpoint(places: Places): void {
    this.fold(places);
    this.log.wipe();
  }

  /** Never to be opened again. The database first: files without one are nobody's. */
  putAside(): void {
    for (const name of [fileName, marksName, changesName]) {
      renameSync(this.path(name), join(this.dir, droppedName(name(this.day))));
    }
  }

  close(): void {
    this.db.close();
    this.marks.close();
    this.log.close();
  }

  /** Files of the form of now, empty or with what an earlier one had; the database says so last. */
  private make(version: number): void {
    if (!this.isNew && !this.isEarlier) throw unknownVersion(version);
    const places = this.isNew ? new Places(0) : placesOfEarlier(this.db, version);
    if (places === null) throw lost();
    ChangeLog.create(this.path(changesName));
    MarksFile.create(this.path(marksName), places);
    syncDirectory(this.dir);
    if (this.isNew) this.write('', VERSION);
    else this.write(DROP_TABLE, WITH_REMNANTS);
  }

  /** Leaves nothing of it in the database's log. */
  private write(sql: string, version: number): void {
    this.db.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${version}; COMMIT;
      PRAGMA wal_checkpoint(TRUNCATE)`);
  }

  private fold(places: Places): void {
    if (this.log.bytes === 0) return;
    this.marks.write(places, this.behind);
    this.log.restart();
    this.behind.clear();
  }

  private path(name: (day: number) => string): string {
    return join(this.dir, name(this.day));
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function lost(): AppError {
  return new AppError('boxes-unreadable', 'storage', 'a day of the box store has lost its index');
}

function unknownVersion(version: number): AppError {
  return version > VERSION
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
