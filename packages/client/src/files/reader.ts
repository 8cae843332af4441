/**
 * Reads the parts of a contact's files (docs/spec/19-files.md, 3 and 4): watches a stretch of the boxes
 * to come, keeps what came until a block is whole, checks it and lays it into a cell. What is missing
 * when all was written is asked for, and then named in the next round.
 */
import { concat, isAppError, type Millis } from '@tacet/base';
import type { Watch, WatchList, WatchOwner } from '../boxes/watches.ts';
import {
  FILE_WATCHES,
  FILE_WATCHES_A_SLOT,
  FILE_WATCHES_AT_ONCE,
  MAX_FILE_ROUNDS,
} from '../limits.ts';
import type { PlanSource } from '../rhythm/plan.ts';
import { num } from '../store/rows.ts';
import type { BoxSecret } from '../streams/chain.ts';
import { decodeFilePart, fileBox } from './boxes.ts';
import { type CellJob, type CellSource, cellJob } from './cell-jobs.ts';
import { courseOf } from './course.ts';
import { BLOCK_BYTES, FILE_PART_BYTES, isWholePercent, PARTS_PER_BLOCK } from './geometry.ts';
import { DISK_PAUSE, type FileSideDeps } from './side.ts';
import type { FileRow } from './table.ts';
import { isBlock, isList } from './tree.ts';
import { type FileWord, rangesOf } from './words.ts';

/** Owner of boxes to read. */
export const FILE_WATCH = 'file';
/** Numbers of parts are below it; the round stands above. */
const ROUND = 2 ** 20;
/** Behind recoveries of conversations, before second homes (boxes/reads.ts). */
const RANK = 900;

export interface FileReaderDeps extends FileSideDeps {
  readonly watches: WatchList;
  /** Asks for a box nobody announced. */
  readonly ask: (
    watch: Watch,
    now: Millis,
    onAbsent: ((now: Millis) => void) | null,
    rank: number,
  ) => void;
  /** Boxes that are watched from now on, in the order in which they are written. */
  readonly ahead: (watches: readonly Watch[]) => void;
  /** A box nobody will read is erased like one that was. In a transaction. */
  readonly erase: (box: BoxSecret, now: Millis) => void;
}

export class FileReader implements WatchOwner, CellSource {
  private readonly d: FileReaderDeps;
  /** Blocks whose parts are all here and that are in no cell yet, as `file/block`. */
  private readonly whole = new Set<string>();
  /** Last place of the round of each file that was announced: those before it were, too. */
  private readonly seen = new Map<number, { readonly round: number; readonly place: number }>();
  /** A part of theirs was found unannounced, and none was absent since: more may have been missed. */
  private readonly missed = new Set<number>();
  /** Files of which more boxes may be watched than are. */
  private readonly filling = new Set<number>();
  /** Watches whose boxes no home has. */
  private readonly absent = new Map<number, Set<number>>();
  private notBefore: Millis = 0;

  constructor(deps: FileReaderDeps) {
    this.d = deps;
    deps.watches.register(FILE_WATCH, this);
    for (const file of deps.table.inState('wanted')) {
      this.noteWhole(file);
      this.filling.add(file.id);
    }
  }

  /** The file is wanted: its boxes are watched from now on. In a transaction. */
  begin(file: FileRow, now: Millis): void {
    this.watch(file, now);
  }

  // Boxes ----------------------------------------------------------------------------------

  /** Watches the next boxes of the round, some at a time. */
  private watch(file: FileRow, now: Millis, most = FILE_WATCHES_AT_ONCE): void {
    const { geometry, ranges, round, secret, id } = file;
    if (secret === null) return;
    const course = courseOf(geometry, ranges);
    const room = Math.min(most, FILE_WATCHES - this.countWatched(file));
    const added: { readonly watch: Watch; readonly place: number }[] = [];
    let { next } = file;
    for (; next < course.length && added.length < room; next++) {
      const part = course.at(next);
      if (part >= geometry.parts || this.has(id, part)) continue;
      const box = fileBox(secret, part, round);
      const watch = this.d.watches.add(FILE_WATCH, id, round * ROUND + part, box, now);
      added.push({ watch, place: next });
    }
    if (next > file.next) this.d.table.change(id, { next }, now);
    if (next < course.length && room === most) this.filling.add(id);
    else this.filling.delete(id);
    // Of what was announced before it was watched nothing tells any more. A read without announcement
    // can be told from cover: none is made for what is still to be written.
    const all = file.written || this.missed.has(id);
    for (const { watch, place } of added) {
      if (all || place < this.seenOf(file)) this.ask(watch, now);
    }
    this.d.ahead(added.map(({ watch }) => watch));
  }

  /** Slots in which more boxes of files are watched: a few each, since none may be late for it. */
  before(...reads: readonly PlanSource[]): PlanSource {
    return {
      next: (now, retries) => {
        for (const id of this.filling) {
          const file = this.d.table.get(id);
          if (file === null || file.state !== 'wanted') this.filling.delete(id);
          else if (!this.missed.has(id)) {
            this.d.store.transaction(() => this.watch(file, now, FILE_WATCHES_A_SLOT));
          }
        }
        for (const source of reads) {
          const plan = source.next(now, retries);
          if (plan !== null) return plan;
        }
        return null;
      },
    };
  }

  private countWatched({ id, round }: FileRow): number {
    return this.d.watches.count(FILE_WATCH, id, round * ROUND, (round + 1) * ROUND);
  }

  private watched({ id, round }: FileRow): Watch[] {
    return this.d.watches.range(FILE_WATCH, id, round * ROUND, (round + 1) * ROUND);
  }

  private has(id: number, part: number): boolean {
    const held = this.d.table.cellOf(id, Math.floor(part / PARTS_PER_BLOCK))?.held === true;
    return held || this.d.table.hasPart(id, part);
  }

  announced(watch: Watch): void {
    const file = this.d.table.get(watch.ref);
    if (file === null || roundOf(watch) !== file.round) return;
    const place = courseOf(file.geometry, file.ranges).placeOf(partOf(watch));
    this.seen.set(file.id, { round: file.round, place: Math.max(this.seenOf(file), place) });
  }

  private seenOf({ id, round }: FileRow): number {
    const seen = this.seen.get(id);
    return seen?.round === round ? seen.place : -1;
  }

  onRecord(watch: Watch, plaintext: Uint8Array, _record: Uint8Array, now: Millis): void {
    const file = this.d.table.get(watch.ref);
    if (file === null || file.state !== 'wanted') return;
    const part = partOf(watch);
    const { parts, bodyBytes } = file.geometry;
    this.absent.get(file.id)?.delete(watch.id);
    const place = courseOf(file.geometry, file.ranges).placeOf(part);
    if (roundOf(watch) === file.round && place > this.seenOf(file)) this.missed.add(file.id);
    if (part >= parts || this.has(file.id, part)) return;
    const length = Math.min(FILE_PART_BYTES, bodyBytes - part * FILE_PART_BYTES);
    let bytes: Uint8Array;
    try {
      bytes = decodeFilePart(plaintext, length);
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      this.end(file.id, 'damaged', 'file-damaged', now);
      return;
    }
    this.d.table.keepPart(file.id, part, bytes);
    const done = file.done + 1;
    this.d.table.change(file.id, { done }, now);
    if (isWholePercent(done, file.geometry.parts)) this.d.changed({ ...file, done }, now);
    if (!this.findList({ ...file, done }, now)) return;
    this.noteBlock(file, Math.floor(part / PARTS_PER_BLOCK));
    const current = this.d.table.get(file.id);
    if (current === null) return;
    // What follows one that was missed is asked for unannounced: no more of it than must be.
    this.watch(current, now, this.missed.has(file.id) ? 1 : FILE_WATCHES_A_SLOT);
    this.nextRound(current, now);
  }

  // Blocks ---------------------------------------------------------------------------------

  /** False when what came is not the list that was named: the file is over. */
  private findList(file: FileRow, now: Millis): boolean {
    const { geometry, tree, id } = file;
    if (file.list !== null || tree === null) return true;
    const first = Math.floor(geometry.size / FILE_PART_BYTES);
    if (this.d.table.countParts(id, first, geometry.parts) < geometry.parts - first) return true;
    const tail = concat(...this.d.table.parts(id, first, geometry.parts));
    const list = tail.slice(geometry.size - first * FILE_PART_BYTES);
    if (!isList(geometry, tree, list)) {
      this.end(id, 'damaged', 'file-damaged', now);
      return false;
    }
    this.d.table.change(id, { list }, now);
    // Blocks that were whole before it waited for it.
    this.noteWhole(file);
    return true;
  }

  private noteWhole(file: FileRow): void {
    for (let block = 0; block < file.geometry.cells; block++) this.noteBlock(file, block);
  }

  private noteBlock({ id, geometry }: FileRow, block: number): void {
    const [from, to] = partsOf(block, geometry.parts);
    if (this.d.table.countParts(id, from, to) < to - from) return;
    this.whole.add(`${id}/${block}`);
    this.d.kick();
  }

  nextCellJob(): CellJob | null {
    for (const key of this.whole) {
      const [id = 0, block = 0] = key.split('/').map(Number);
      const file = this.d.table.get(id);
      if (file === null || file.state !== 'wanted') {
        this.whole.delete(key);
        continue;
      }
      if (file.list === null) continue;
      return this.blockJob(file, block, file.list, key);
    }
    return null;
  }

  private blockJob(file: FileRow, block: number, list: Uint8Array, key: string): CellJob | null {
    const { id, geometry } = file;
    const [from, to] = partsOf(block, geometry.parts);
    const body = concat(...this.d.table.parts(id, from, to));
    const ofFile = Math.min(BLOCK_BYTES, geometry.size - block * BLOCK_BYTES);
    const good = ofFile <= 0 || isBlock(list, block, body.subarray(0, ofFile));
    const bytes = new Uint8Array(BLOCK_BYTES);
    bytes.set(body);
    const cell = good ? this.d.store.transaction(() => this.d.table.cellFor(id, block)) : null;
    const place = this.d.table.place(file, block);
    return cellJob({
      run: async (cells) => {
        if (cell !== null) await cells.write(cell, place, bytes);
      },
      commit: (_none, now) => {
        this.whole.delete(key);
        if (cell === null) this.end(id, 'damaged', 'file-damaged', now);
        else this.laidDown(id, block, from, to, now);
      },
      fail: (error, now) => {
        this.whole.delete(key);
        this.notBefore = now + DISK_PAUSE;
        this.d.alarm(isAppError(error) ? error.code : 'profile-storage-failed', now);
      },
    });
  }

  private laidDown(id: number, block: number, from: number, to: number, now: Millis): void {
    const file = this.d.table.get(id);
    // Deleted while it was written: its cell is free already.
    if (file === null || file.state !== 'wanted') return;
    this.d.table.held(id, block);
    this.d.table.dropParts(id, from, to);
    if (this.d.table.heldBlocks(id) < file.geometry.cells) return;
    this.erasePadding(file, now);
    this.d.say(file, { word: 'here', round: file.round, ranges: [] });
    this.end(id, 'here', null, now);
  }

  /** Boxes that nobody reads go as those that were read. */
  private erasePadding({ geometry, secret }: FileRow, now: Millis): void {
    if (secret === null) return;
    for (let part = geometry.parts; part < geometry.boxes; part++) {
      this.d.erase(fileBox(secret, part, 0), now);
    }
  }

  /** A disk that failed is tried again. Every minute or so. */
  advance(now: Millis): void {
    if (this.notBefore === 0 || now < this.notBefore) return;
    this.notBefore = 0;
    for (const file of this.d.table.inState('wanted')) this.noteWhole(file);
  }

  // What is missing ------------------------------------------------------------------------

  /** In a transaction. */
  onWord(file: FileRow, { word, round }: FileWord, now: Millis): void {
    if (file.secret === null) return;
    if (word === 'withdrawn') this.end(file.id, 'withdrawn', null, now);
    if (word !== 'written' || round !== file.round) return;
    if (file.state !== 'wanted' && file.state !== 'offered') return;
    // Small files are written unasked: whoever wants one later asks for boxes announced before.
    this.d.table.change(file.id, { written: true }, now);
    if (file.state === 'offered') return;
    // Boxes to read are forgotten after their life; without this nothing would ask for the others.
    this.watch({ ...file, written: true }, now);
    this.askAll({ ...file, written: true }, now);
  }

  /** Digests were missed, or all was written: boxes are asked for without being announced. */
  recover(now: Millis): void {
    for (const file of this.d.table.inState('wanted')) this.askAll(file, now);
  }

  private askAll(file: FileRow, now: Millis): void {
    for (const watch of this.watched(file)) this.ask(watch, now);
    this.nextRound(file, now);
  }

  private ask(watch: Watch, now: Millis): void {
    this.d.ask(watch, now, (at) => this.onAbsent(watch, at), RANK);
  }

  private onAbsent(watch: Watch, now: Millis): void {
    this.missed.delete(watch.ref);
    const file = this.d.table.get(watch.ref);
    if (file === null || !file.written || !this.d.watches.holds(watch)) return;
    const absent = this.absent.get(file.id) ?? new Set();
    this.absent.set(file.id, absent.add(watch.id));
    this.d.store.transaction(() => this.nextRound(file, now));
  }

  /** When every part of the round is here, or at no home: what lacks is asked for by name. */
  private nextRound(file: FileRow, now: Millis): void {
    if (file.state !== 'wanted' || !file.written) return;
    const { next } = this.d.table.get(file.id) ?? file;
    if (next < courseOf(file.geometry, file.ranges).length) return;
    const watched = this.watched(file);
    const absent = this.absent.get(file.id);
    if (watched.some(({ id }) => absent?.has(id) !== true)) return;
    const missing = this.missing(file);
    if (missing.length === 0) return;
    this.absent.delete(file.id);
    const round = file.round + 1;
    if (round >= MAX_FILE_ROUNDS) {
      this.end(file.id, 'lost', 'file-lost', now);
      return;
    }
    const ranges = rangesOf(missing);
    this.d.table.change(file.id, { round, ranges, next: 0, written: false }, now);
    this.d.say(file, { word: 'wanted', round, ranges });
    const changed = this.d.table.get(file.id);
    if (changed !== null) this.watch(changed, now);
  }

  /** Parts of the body that are nowhere here, ascending. */
  private missing({ id, geometry }: FileRow): number[] {
    const parts = new Set(
      this.d.store
        .all('SELECT part FROM file_parts WHERE file_id = ?', id)
        .map((row) => num(row, 'part')),
    );
    const missing: number[] = [];
    for (let block = 0; block < geometry.cells; block++) {
      if (this.d.table.cellOf(id, block)?.held === true) continue;
      const [from, to] = partsOf(block, geometry.parts);
      for (let part = from; part < to; part++) if (!parts.has(part)) missing.push(part);
    }
    return missing;
  }

  /** Nothing more of it is read. In a transaction. */
  end(id: number, state: FileRow['state'], reason: string | null, now: Millis): void {
    const file = this.d.table.get(id);
    if (file === null) return;
    this.d.watches.cancel(FILE_WATCH, id);
    this.absent.delete(id);
    this.seen.delete(id);
    this.missed.delete(id);
    this.filling.delete(id);
    this.d.table.change(id, { state, reason, secret: null }, now);
    if (state !== 'here') {
      this.d.table.dropParts(id, 0, ROUND);
      this.d.store.run('DELETE FROM file_cells WHERE file_id = ?', id);
    }
    this.d.changed({ ...file, state, reason, secret: null }, now);
  }
}

function partOf({ index }: Watch): number {
  return index % ROUND;
}

function roundOf({ index }: Watch): number {
  return Math.floor(index / ROUND);
}

/** First part of a block, and the one behind its last. */
function partsOf(block: number, parts: number): readonly [from: number, to: number] {
  const from = block * PARTS_PER_BLOCK;
  return [from, Math.min(from + PARTS_PER_BLOCK, parts)];
}
