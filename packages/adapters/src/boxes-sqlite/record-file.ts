/**
 * The records of one day, each in its place: nothing else is in the file, and which mark has which
 * place stands in the index beside it. Five places lie on three pages of the disk, so that
 * writing one touches two pages at most.
 *
 * A place whose record is erased begins with what is left of it, its hash, and all the rest is zeros.
 * Hash and 32 zeros lie within one sector, which the disk writes whole or not at all. No record has
 * zeros there: half of a signature that libsodium takes (docs/spec/01-crypto.md, 5).
 */
import { closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { AppError } from '@tacet/base';
import { readAt, writeAt } from './disk.ts';
import { RECORD_LENGTH } from './limits.ts';

const GROUP = 5;
const GROUP_BYTES = 12_288;
const ZEROS = new Uint8Array(RECORD_LENGTH);
const HASH = 32;
/** A remnant: hash | zeros. */
const REMNANT = 2 * HASH;

export class RecordFile {
  private readonly file: number;
  private written = false;
  /**
   * The beginning of a record that is looked at, and wiped. It lies outside the engine's heap, which keeps
   * arrays of up to 64 bytes, moves them, and frees them as they are.
   */
  private readonly beginning = new Uint8Array(new ArrayBuffer(REMNANT));

  /** Made if absent. */
  constructor(path: string) {
    this.file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  /** Cuts off what lies behind the last place. Throws when a place is not there. */
  trim(places: number): void {
    const { size } = fstatSync(this.file);
    const wanted = places === 0 ? 0 : offsetOf(places - 1) + RECORD_LENGTH;
    if (size < wanted) {
      throw new AppError('boxes-unreadable', 'storage', 'a day of the box store has lost boxes');
    }
    if (size > wanted) ftruncateSync(this.file, wanted);
  }

  read(place: number, into: Uint8Array, at = 0): void {
    if (readAt(this.file, into.subarray(at, at + RECORD_LENGTH), offsetOf(place))) return;
    throw new AppError('boxes-unreadable', 'storage', 'a box is not in its place');
  }

  write(place: number, record: Uint8Array): void {
    this.writeAll(record, offsetOf(place));
  }

  /**
   * Adds places at the end.
   * @param start the first of them
   * @param sources for each a place before `start` whose record it gets, or -1 for zeros
   */
  extend(start: number, sources: readonly number[]): void {
    const group = new Uint8Array(GROUP_BYTES);
    // No more at once: the kernel would keep it as one piece, and a later write to any place of a
    // large piece costs twice the time.
    for (let done = 0; done < sources.length; ) {
      const first = start + done;
      const count = Math.min(GROUP - (first % GROUP), sources.length - done);
      for (let i = 0; i < count; i++) {
        const source = sources[done + i] ?? -1;
        if (source >= 0) this.read(source, group, i * RECORD_LENGTH);
        else group.fill(0, i * RECORD_LENGTH, (i + 1) * RECORD_LENGTH);
      }
      this.writeAll(group.subarray(0, count * RECORD_LENGTH), offsetOf(first));
      done += count;
    }
    group.fill(0);
  }

  erase(place: number): void {
    this.write(place, ZEROS);
  }

  /** @param hash of the record, 32 bytes: its beginning is overwritten by it */
  leaveRemnant(place: number, hash: Uint8Array): void {
    const remnant = new Uint8Array(REMNANT);
    remnant.set(hash);
    this.writeAll(remnant, offsetOf(place));
  }

  /** The 32 bytes that were left of a record; null where it still begins as it did. */
  remnant(place: number): Uint8Array | null {
    const { beginning } = this;
    try {
      if (!readAt(this.file, beginning, offsetOf(place))) return null;
      if (beginning.subarray(HASH).some((byte) => byte !== 0)) return null;
      return beginning.slice(0, HASH);
    } finally {
      beginning.fill(0);
    }
  }

  /** Overwrites a record but for what is left of it. */
  eraseBehindRemnant(place: number): void {
    this.writeAll(ZEROS.subarray(REMNANT), offsetOf(place) + REMNANT);
  }

  /** What was written is on the disk when it returns. */
  sync(): void {
    if (!this.written) return;
    fdatasyncSync(this.file);
    this.written = false;
  }

  private writeAll(bytes: Uint8Array, offset: number): void {
    this.written = true;
    writeAt(this.file, bytes, offset);
  }

  close(): void {
    closeSync(this.file);
  }
}

function offsetOf(place: number): number {
  const group = Math.floor(place / GROUP);
  return group * GROUP_BYTES + (place - group * GROUP) * RECORD_LENGTH;
}
