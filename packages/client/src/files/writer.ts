/**
 * Writes the parts of own files into boxes (docs/spec/19-files.md, 3 and 4): a few at a time, files in
 * turns, from the cells their bytes were brought into. What was taken up is saved with the box it went
 * into, so a crash neither skips a part nor seals one twice.
 */
import { isAppError, type Millis } from '@tacet/base';
import type { NetworkId } from '@tacet/directory';
import { sealRecord } from '@tacet/wire';
import type { PutEntry } from '../boxes/put-entry.ts';
import type { PutOwner, PutQueue } from '../boxes/puts.ts';
import { FILE_PARTS_UNDER_WAY, TRANSFER_PARTS_UNDER_WAY } from '../limits.ts';
import type { Network } from '../network/network.ts';
import type { Plan, PlanSource } from '../rhythm/plan.ts';
import { num } from '../store/rows.ts';
import { encodeFilePart, fileBox } from './boxes.ts';
import { type CellJob, type CellSource, cellJob } from './cell-jobs.ts';
import { courseOf } from './course.ts';
import { FILE_PART_BYTES, isWholePercent, PARTS_PER_BLOCK } from './geometry.ts';
import { DISK_PAUSE, type FileSideDeps } from './side.ts';
import type { FileRow } from './table.ts';
import { type FileWord, rangesOf } from './words.ts';

/** Owner of boxes to write, and their priority among first copies. */
export const FILE_PUTS = 'file';
const PRIORITY = 2;
/** Blocks kept in memory: the one that is written from, and the next. */
const LOADED = 2;

export interface FileWriterDeps extends FileSideDeps {
  readonly puts: PutQueue;
  readonly network: () => Network | null;
}

interface Loaded {
  readonly file: number;
  readonly block: number;
  readonly bytes: Uint8Array;
}

export class FileWriter implements PutOwner, PlanSource, CellSource {
  private readonly d: FileWriterDeps;
  private readonly source: PlanSource;
  private loaded: Loaded[] = [];
  private wanted: { readonly file: number; readonly block: number } | null = null;
  private notBefore: Millis = 0;
  /** A look found nothing to take up; something must happen before the next. */
  private idle = false;

  constructor(deps: FileWriterDeps) {
    this.d = deps;
    this.source = deps.puts.first(PRIORITY);
    deps.puts.register(FILE_PUTS, this);
  }

  next(now: Millis, retries: boolean): Plan | null {
    this.takeUp(now);
    return this.source.next(now, retries);
  }

  /** A file may be written from now on, or another one may not. */
  look(): void {
    this.idle = false;
  }

  // Taking up parts ------------------------------------------------------------------------

  private takeUp(now: Millis): void {
    const network = this.d.network();
    if (network === null || this.idle || now < this.notBefore) return;
    const most = this.d.transfer() ? TRANSFER_PARTS_UNDER_WAY : FILE_PARTS_UNDER_WAY;
    // In batches: each is a commit. None takes longer than there is before a slot.
    const room = Math.min(FILE_PARTS_UNDER_WAY, most - this.d.puts.count(FILE_PUTS));
    if (room < FILE_PARTS_UNDER_WAY / 2) return;
    const [file] = this.ready();
    if (file === undefined) {
      // Nothing tells that the line of a file has left: it is looked for in each slot.
      this.idle = !this.lineWaits();
      return;
    }
    this.d.store.transaction(() => this.takeParts(file, network.id, room, now));
  }

  private takeParts(file: FileRow, networkId: NetworkId, room: number, now: Millis): void {
    const { geometry, secret, ranges, round, contactId } = file;
    if (secret === null) return;
    const course = courseOf(geometry, ranges);
    let place = file.next;
    for (; place < course.length && place < file.next + room; place++) {
      const part = course.at(place);
      const bytes = this.bytesOf(file, part);
      if (bytes === null) break;
      const box = fileBox(secret, part, round);
      this.d.puts.add({
        owner: FILE_PUTS,
        ref: file.id,
        part,
        priority: PRIORITY,
        contactId,
        record: sealRecord(box, networkId, encodeFilePart(bytes)),
        mark: box.mark,
        notBefore: 0,
        moves: 0,
      });
    }
    if (place > file.next) this.d.table.change(file.id, { next: place }, now);
    // A round may want nothing that there is.
    if (course.length === 0) this.settle(file.id, now);
  }

  /** The smallest first: those that are to be written and whose content is under way. */
  private ready(): FileRow[] {
    const ids = this.d.store.all(
      `SELECT f.id, f.next FROM files f JOIN messages m ON m.id = f.message_id
       JOIN contacts c ON c.id = f.contact_id
       WHERE f.state = 'writing' AND m.state NOT IN ('queued', 'failed') AND c.blocked_at IS NULL
       ORDER BY f.size, f.id`,
    );
    return ids
      .flatMap((row) => this.d.table.get(num(row, 'id')) ?? [])
      .filter((file) => file.next < courseOf(file.geometry, file.ranges).length || isEmpty(file));
  }

  private lineWaits(): boolean {
    const row = this.d.store.get(
      `SELECT 1 AS one FROM files f JOIN messages m ON m.id = f.message_id
       WHERE f.state = 'writing' AND m.state = 'queued' LIMIT 1`,
    );
    return row !== undefined;
  }

  /** Null: its block has to be read from the disk first. */
  private bytesOf(file: FileRow, part: number): Uint8Array | null {
    const { parts, bodyBytes } = file.geometry;
    if (part >= parts) return new Uint8Array();
    const block = Math.floor(part / PARTS_PER_BLOCK);
    const found = this.loaded.find((one) => one.file === file.id && one.block === block);
    if (found === undefined) {
      this.wanted = { file: file.id, block };
      this.d.kick();
      return null;
    }
    const from = (part % PARTS_PER_BLOCK) * FILE_PART_BYTES;
    const length = Math.min(FILE_PART_BYTES, bodyBytes - part * FILE_PART_BYTES);
    return found.bytes.subarray(from, from + length);
  }

  nextCellJob(): CellJob | null {
    const { wanted } = this;
    this.wanted = null;
    const file = wanted === null ? null : this.d.table.get(wanted.file);
    const held =
      file === null || wanted === null ? null : this.d.table.cellOf(file.id, wanted.block);
    if (file === null || wanted === null || held === null) return null;
    const place = this.d.table.place(file, wanted.block);
    return cellJob({
      run: (cells) => cells.read(held.cell, place),
      commit: (bytes) => {
        this.loaded = [...this.loaded.slice(1 - LOADED), { ...wanted, bytes }];
      },
      fail: (error, now) => {
        const code = isAppError(error) ? error.code : 'cell-unreadable';
        this.d.alarm(code, now);
        if (code === 'cell-unreadable') this.lose(file.id, code, now);
        else this.notBefore = now + DISK_PAUSE;
      },
    });
  }

  // What becomes of boxes -------------------------------------------------------------------

  onSent(): void {}

  onStored(put: PutEntry, now: Millis): void {
    if (put.copies > 1) return;
    this.look();
    const file = this.d.table.get(put.ref);
    if (file === null || file.state !== 'writing') return;
    this.d.table.change(file.id, { done: file.done + 1 }, now);
    const done = file.done + 1;
    if (isWholePercent(done, file.geometry.boxes)) this.d.changed({ ...file, done }, now);
    this.settle(file.id, now);
  }

  onTaken(put: PutEntry, now: Millis): void {
    if (put.copies > 0) return;
    this.d.alarm('box-taken', now);
    this.failed(put, now);
  }

  onExhausted(put: PutEntry, _refused: boolean, now: Millis): void {
    this.failed(put, now);
  }

  /** The reader asks for it in the next round. */
  private failed(put: PutEntry, now: Millis): void {
    this.look();
    const file = this.d.table.get(put.ref);
    if (file === null || file.state !== 'writing') return;
    this.d.table.failPart(file.id, put.part);
    this.settle(file.id, now);
  }

  /** All parts of the round were tried: the reader is told which of them stand. */
  private settle(id: number, now: Millis): void {
    const file = this.d.table.get(id);
    if (file === null || file.next < courseOf(file.geometry, file.ranges).length) return;
    if (this.d.puts.of(FILE_PUTS, id).some(({ copies }) => copies === 0)) return;
    const ranges = rangesOf(this.d.table.takeFailed(id));
    this.d.table.change(id, { state: 'written' }, now);
    this.d.say(file, { word: 'written', round: file.round, ranges });
    this.d.changed({ ...file, state: 'written' }, now);
  }

  // What the reader says --------------------------------------------------------------------

  /** In a transaction. */
  onWord(file: FileRow, { word, round, ranges }: FileWord, now: Millis): void {
    if (file.secret === null) return;
    if (word === 'here') this.end(file.id, 'here', null, now);
    else if (word === 'not-wanted') this.end(file.id, 'declined', null, now);
    else if (word === 'wanted') this.onWanted(file, round, ranges, now);
  }

  private onWanted(file: FileRow, round: number, ranges: FileWord['ranges'], now: Millis): void {
    const { state } = file;
    const first = round === 0 && state === 'offered';
    const later = round > file.round && (state === 'written' || state === 'writing');
    if (!first && !later) return;
    if (later) {
      this.d.puts.cancel(FILE_PUTS, file.id);
      this.d.table.takeFailed(file.id);
      this.d.table.change(file.id, { round, ranges, next: 0, done: 0 }, now);
    }
    this.d.table.change(file.id, { state: 'writing' }, now);
    this.d.changed({ ...file, state: 'writing' }, now);
    this.look();
  }

  /** Its bytes are damaged here. The reader would wait for the rest of them for ever. */
  private lose(id: number, code: string, now: Millis): void {
    const file = this.d.table.get(id);
    // Over already: something else was said.
    if (file === null || file.secret === null) return;
    this.d.say(file, { word: 'withdrawn', round: file.round, ranges: [] });
    this.end(id, 'lost', code, now);
  }

  /** Nothing more of it is written. In a transaction. */
  end(id: number, state: FileRow['state'], reason: string | null, now: Millis): void {
    const file = this.d.table.get(id);
    if (file === null) return;
    this.d.puts.cancel(FILE_PUTS, id);
    this.d.table.change(id, { state, reason, secret: null }, now);
    this.loaded = this.loaded.filter((one) => one.file !== id);
    this.d.changed({ ...file, state, reason, secret: null }, now);
    this.look();
  }
}

function isEmpty({ geometry, ranges, next }: FileRow): boolean {
  return next === 0 && courseOf(geometry, ranges).length === 0;
}
