/**
 * The table of a day's marks on disk: a head that says how many places there are, then the chunks of
 * `Places` as they stand in memory, one behind the other. Written in place: a chunk that a crash left
 * half written differs from a whole one only in places that the log of changes names, and so does one
 * behind the last that the head counts.
 */
import { closeSync, constants, fdatasyncSync, openSync } from 'node:fs';
import { readAt, writeAt } from './disk.ts';
import { CHUNK_BYTES, chunksFor, type Places } from './places.ts';

const HEAD = 64;
const SIZE_AT = 8;
const MAGIC = new TextEncoder().encode('tacetbm1');

export interface Table {
  /** Whole chunks. */
  readonly chunks: Uint8Array<ArrayBuffer>;
  /** Places there are. */
  readonly size: number;
}

export class MarksFile {
  private readonly file: number;

  private constructor(file: number) {
    this.file = file;
  }

  /** Makes it anew; durable but for its name. */
  static create(path: string, places: Places): void {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC;
    const made = new MarksFile(openSync(path, flags, 0o600));
    try {
      made.write(places, Array(chunksFor(places.size)).keys());
    } finally {
      made.close();
    }
  }

  /** Throws when it is not there. */
  static open(path: string): MarksFile {
    return new MarksFile(openSync(path, constants.O_RDWR));
  }

  /** Null when it is not what was written. */
  read(): Table | null {
    const head = new Uint8Array(HEAD);
    if (!readAt(this.file, head, 0)) return null;
    if (MAGIC.some((byte, i) => head[i] !== byte)) return null;
    const size = new DataView(head.buffer).getUint32(SIZE_AT, true);
    const chunks = new Uint8Array(chunksFor(size) * CHUNK_BYTES);
    return readAt(this.file, chunks, HEAD) ? { chunks, size } : null;
  }

  /** Durable when it returns. @param numbers of the chunks that differ from the file */
  write(places: Places, numbers: Iterable<number>): void {
    for (const number of numbers) {
      writeAt(this.file, places.chunk(number), HEAD + number * CHUNK_BYTES);
    }
    // Of what was written since the last sync a power failure keeps any part: a head never counts
    // places whose chunks are not on the disk.
    fdatasyncSync(this.file);
    this.writeHead(places.size);
    fdatasyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }

  private writeHead(size: number): void {
    const head = new Uint8Array(HEAD);
    head.set(MAGIC);
    new DataView(head.buffer).setUint32(SIZE_AT, size, true);
    writeAt(this.file, head, 0);
  }
}
