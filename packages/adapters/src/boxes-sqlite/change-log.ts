/**
 * What changed of a day's marks since its table was written: a frame for each commit, one behind the
 * other. It tells the order of writes, so it goes from here to the file and nowhere else, and is
 * overwritten in both.
 *
 * A frame: generation (8) | entries (4) | places there are (4) | CRC-32 of all the rest (4) | 0 (4) |
 * entries, of four words each. Words are little-endian. The log ends where a frame is not whole or is
 * of another generation than the first.
 */
import { randomFillSync } from 'node:crypto';
import { closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { readAt, writeAt } from './disk.ts';
import { ENTRY_WORDS } from './places.ts';

const GENERATION = 2;
const COUNT_AT = 2;
const SIZE_AT = 3;
const SUM_AT = 4;
const HEAD_WORDS = 6;
/** What a disk writes whole or not at all. */
const SECTOR = 512;
const WIPE_STEP = new Uint8Array(65_536);

export interface Changes {
  /** Entries of each commit. */
  readonly lists: readonly Int32Array[];
  /** Places there are after the last one. */
  readonly size: number;
}

export class ChangeLog {
  private readonly file: number;
  private readonly generation = new Int32Array(GENERATION);
  private end = 0;

  /** Throws when it is not there. */
  constructor(path: string) {
    this.file = openSync(path, constants.O_RDWR);
  }

  /** Makes it anew, empty. */
  static create(path: string): void {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600));
  }

  /** Bytes of the frames that count. */
  get bytes(): number {
    return this.end;
  }

  /** Calls `take` with what is there, then overwrites what was read. @param size without changes */
  load<T>(size: number, take: (changes: Changes) => T): T {
    const words = new Int32Array(Math.floor(fstatSync(this.file).size / 4));
    try {
      readAt(this.file, new Uint8Array(words.buffer), 0);
      const lists: Int32Array[] = [];
      let now = size;
      let at = 0;
      for (;;) {
        const entries = entriesAt(words, at);
        if (entries === null) break;
        lists.push(entries);
        now = words[at + SIZE_AT] ?? 0;
        at += HEAD_WORDS + entries.length;
      }
      this.end = 4 * at;
      if (at > 0) this.generation.set(words.subarray(0, GENERATION));
      return take({ lists, size: now });
    } finally {
      words.fill(0);
    }
  }

  /**
   * Durable when it returns.
   * @param size places there are now
   * @param count of entries; `write` puts them into the words it is given
   */
  append(size: number, count: number, write: (entries: Int32Array) => void): void {
    const words = new Int32Array(HEAD_WORDS + count * ENTRY_WORDS);
    try {
      if (this.end === 0) randomFillSync(this.generation);
      words.set(this.generation);
      words[COUNT_AT] = count;
      words[SIZE_AT] = size;
      write(words.subarray(HEAD_WORDS));
      words[SUM_AT] = sumOf(words);
      writeAt(this.file, new Uint8Array(words.buffer), this.end);
      fdatasyncSync(this.file);
      this.end += words.byteLength;
    } finally {
      words.fill(0);
    }
  }

  /** When the table has it all: no frame counts any more. */
  restart(): void {
    // The first before any other: without it none counts. A power failure may keep what was written
    // later and not what was written before, and frames from the first to some middle one must never
    // be taken for all.
    writeAt(this.file, WIPE_STEP.subarray(0, SECTOR), 0);
    fdatasyncSync(this.file);
    this.end = 0;
  }

  /** After `restart`: overwrites what lies there, and gives the room back. */
  wipe(): void {
    const { size } = fstatSync(this.file);
    if (size === 0) return;
    for (let at = 0; at < size; at += WIPE_STEP.length) {
      writeAt(this.file, WIPE_STEP.subarray(0, size - at), at);
    }
    // What is cut off before it was written stays on the disk as it was.
    fdatasyncSync(this.file);
    ftruncateSync(this.file, 0);
  }

  close(): void {
    closeSync(this.file);
  }
}

/** The entries of the frame there, or null where the log ends. */
function entriesAt(words: Int32Array, at: number): Int32Array | null {
  const count = words[at + COUNT_AT] ?? 0;
  const length = HEAD_WORDS + count * ENTRY_WORDS;
  if (count <= 0 || at + length > words.length) return null;
  for (let i = 0; i < GENERATION; i++) if (words[at + i] !== words[i]) return null;
  const frame = words.subarray(at, at + length);
  return frame[SUM_AT] === sumOf(frame) ? frame.subarray(HEAD_WORDS) : null;
}

/** Leaves the frame as it was. */
function sumOf(frame: Int32Array): number {
  const kept = frame[SUM_AT] ?? 0;
  frame[SUM_AT] = 0;
  const sum = crc32(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength)) | 0;
  frame[SUM_AT] = kept;
  return sum;
}
