/**
 * The boxes that expire on one day: their records in a file, each in a place dealt by a shuffle
 * (`places.ts`), and an index on disk that says which mark stands where (`index-file.ts`).
 *
 * Order of writing. A record goes into a free place; when it is on the disk the index names it,
 * and when that is on the disk the box is acknowledged. A place becomes free by copying what stands
 * there to the end, and is written to only after the index names the copy. So at every moment
 * the index names whole records, and what it does not name is nobody's.
 *
 * Order of erasing. The index says first that the record is being erased: nobody reads it any more.
 * Then its hash takes the place of its beginning, and when that is on the disk all the rest becomes
 * zeros. A crash between leaves a whole record or its hash, and both are enough to go on with.
 */
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { droppedName, recordsName, syncDirectory } from './files.ts';
import { IndexFile } from './index-file.ts';
import { ID_LENGTH, LIMITS, RECORD_LENGTH } from './limits.ts';
import { ERASED, ERASING, FREE, LIVE, MAX_DAYS_AHEAD, type Places } from './places.ts';
import { RecordFile } from './record-file.ts';

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
  private readonly index: IndexFile;
  private readonly records: RecordFile;
  private places: Places;
  /** Records that wait for `commit`, by place. */
  private readonly staged = new Map<number, Uint8Array>();
  /** Places that differ from the index on disk. */
  private readonly dirty = new Set<number>();
  private readonly row = new Uint8Array(RECORD_LENGTH);
  /** Committed since the logs were emptied. */
  private logged = true;

  constructor(options: DayOptions) {
    const { dir, day, salt } = options;
    this.options = options;
    this.day = day;
    this.index = new IndexFile(dir, day);
    try {
      // Without its database a file of records is nobody's: a crash while a day was made, or left.
      if (this.index.isNew) rmSync(join(dir, recordsName(day)), { force: true });
      this.records = new RecordFile(join(dir, recordsName(day)));
      if (this.index.isNew) syncDirectory(dir);
      this.places = this.index.load(salt);
      this.records.trim(this.places.size);
      if (this.index.isEarlier) this.takeOver();
    } catch (error) {
      this.index.close();
      throw error;
    }
  }

  /** Boxes that take room, erased ones with them. */
  get count(): number {
    return this.places.boxes;
  }

  /** The place of a mark, or -1. */
  find(low: number, high: number): number {
    return this.places.find(low, high);
  }

  /** Copies a committed record to `into` at `at`; false when it is erased. */
  read(place: number, into: Uint8Array, at: number): boolean {
    if (this.isErased(place)) return false;
    this.records.read(place, into, at);
    return true;
  }

  compare(place: number, record: Uint8Array): 'same' | 'taken' {
    if (!this.isErased(place)) return equalBytes(this.recordAt(place), record) ? 'same' : 'taken';
    // One that a crash left before its hash was written is still whole.
    const left = this.records.remnant(place) ?? hashOf(this.recordAt(place));
    return equalBytes(left, hashOf(record)) ? 'same' : 'taken';
  }

  /** Takes effect, and is durable, with `commit`; `record` must stay as it is until then. */
  insert(low: number, high: number, record: Uint8Array): void {
    if (this.places.freePlaces.length === 0) {
      this.commit();
      this.openPlaces(LIMITS.freePlaces);
      this.save();
    }
    const place = this.places.fill(low, high, this.options.draw(this.places.freePlaces.length));
    this.staged.set(place, record);
    this.dirty.add(place);
  }

  /** Notes that the record goes on that day, if `id` is its id; durable with `commit`. */
  doom(place: number, id: Uint8Array, effectDay: number): void {
    if (this.places.state(place) !== LIVE || effectDay >= this.day) return;
    if (!equalBytes(this.recordAt(place).subarray(0, ID_LENGTH), id)) return;
    this.places.setState(place, Math.min(MAX_DAYS_AHEAD, this.day - effectDay));
    this.dirty.add(place);
  }

  commit(): void {
    if (this.dirty.size === 0) return;
    try {
      const inserted = this.staged.size;
      for (const [place, record] of this.staged) this.records.write(place, record);
      this.staged.clear();
      // Places for the next batch, which will be about as large, become durable with this one.
      this.openPlaces(Math.min(inserted, LIMITS.freePlaces) - this.places.freePlaces.length);
      this.save();
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Forgets what was not committed. */
  rollback(): void {
    this.staged.clear();
    this.dirty.clear();
    const before = this.places;
    this.places = this.index.load(this.options.salt);
    before.wipe();
    this.records.trim(this.places.size);
  }

  /** Erases some records whose tombstone is due; true while there may be more. */
  eraseSome(today: number): boolean {
    const due: number[] = [];
    for (let place = 0; place < this.places.size && due.length < LIMITS.eraseStep; place++) {
      const state = this.places.state(place);
      const isDue = state !== LIVE && state <= MAX_DAYS_AHEAD && this.day - state <= today;
      // Those that are being erased were left by a crash.
      if (isDue || state === ERASING) due.push(place);
    }
    if (due.length === 0) return false;
    try {
      this.setStates(due, ERASING);
      this.save();
      for (const place of due) {
        if (this.records.remnant(place) !== null) continue;
        this.records.leaveRemnant(place, hashOf(this.recordAt(place)));
      }
      this.row.fill(0);
      this.records.sync();
      for (const place of due) this.records.eraseBehindRemnant(place);
      // What stood there before it moved.
      for (const place of this.places.freePlaces) this.records.erase(place);
      this.setStates(due, ERASED);
      this.save();
    } catch (error) {
      this.rollback();
      throw error;
    }
    return due.length === LIMITS.eraseStep;
  }

  /**
   * Ends what tells the order of writes: logs of changes. False when there was nothing of the kind.
   */
  checkpoint(): boolean {
    if (!this.logged) return false;
    this.index.checkpoint(this.places);
    this.logged = false;
    return true;
  }

  /** Leaves nothing that tells an order. */
  close(): void {
    try {
      this.checkpoint();
    } finally {
      this.closeFiles();
    }
  }

  /** Puts its files aside, never to be opened again, closes them, and leaves nothing in memory. */
  putAside(): void {
    const { dir } = this.options;
    this.index.putAside();
    const name = recordsName(this.day);
    renameSync(join(dir, name), join(dir, droppedName(name)));
    this.closeFiles();
    this.places.wipe();
    this.row.fill(0);
  }

  private closeFiles(): void {
    this.index.close();
    this.records.close();
  }

  private openPlaces(wanted: number): void {
    const start = this.places.size;
    const sources: number[] = [];
    for (let i = 0; i < wanted; i++) {
      const end = start + i;
      const drawn = this.options.draw(end + 1);
      // A free place needs no content, but the file must reach over it. What moves a second time
      // is still to be had where it stood before.
      const moves = this.places.open(drawn);
      sources.push(moves ? (drawn < start ? drawn : (sources[drawn - start] ?? -1)) : -1);
      this.dirty.add(drawn).add(end);
    }
    this.records.extend(start, sources);
  }

  private save(): void {
    this.records.sync();
    this.logged = true;
    this.index.save(this.places, this.dirty);
    this.dirty.clear();
  }

  /** What is left of erased records stood in the database. */
  private takeOver(): void {
    for (const { mark, hash: left } of this.index.remnantsOfEarlier()) {
      const [low = 0, high = 0] = new Int32Array(mark.slice().buffer);
      const place = this.places.find(low, high);
      if (place >= 0 && this.isErased(place)) this.records.leaveRemnant(place, left);
    }
    this.records.sync();
    this.index.forgetEarlier();
  }

  private setStates(places: readonly number[], state: number): void {
    for (const place of places) {
      this.places.setState(place, state);
      this.dirty.add(place);
    }
  }

  private isErased(place: number): boolean {
    const state = this.places.state(place);
    return state === ERASING || state === ERASED || state === FREE;
  }

  /** A view that holds until the next call. */
  private recordAt(place: number): Uint8Array {
    const staged = this.staged.get(place);
    if (staged !== undefined) return staged;
    this.records.read(place, this.row);
    return this.row;
  }
}

/** What stays of an erased record until its day: enough to know a retry from an overwrite. */
function hashOf(record: Uint8Array): Uint8Array {
  return hash('erased-box', record);
}
