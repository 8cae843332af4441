/** Reading a rolling copy (docs/spec/10-store.md, 10), of a profile that is open or damaged: nothing is written. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Millis } from '@tacet/base';
import { wipe } from '@tacet/crypto';
import { fromSystem } from './errors.ts';
import { HEAD_BYTES, PAGE_BYTES, ROLLING_CHUNK } from './limits.ts';
import { openChunk, openRollingHead, rollingBytes, SEALED_CHUNK } from './rolling-form.ts';

const CHUNK_PAGES = ROLLING_CHUNK / PAGE_BYTES;

/** A copy whose head opened. Whoever has it closes it. */
export class RollingReader {
  readonly at: Millis;
  readonly pages: number;
  private readonly file: number;
  private readonly key: Uint8Array;
  private last: { readonly chunk: number; readonly bytes: Uint8Array | null } | null = null;

  private constructor(file: number, head: { at: Millis; pages: number; key: Uint8Array }) {
    this.file = file;
    this.at = head.at;
    this.pages = head.pages;
    this.key = head.key;
  }

  /** Null where there is none under this key. Throws `profile-storage-failed`. */
  static open(path: string, which: number, databaseKey: Uint8Array): RollingReader | null {
    try {
      const file = openSync(path, 'r');
      try {
        const head = openRollingHead(databaseKey, which, bytesAt(file, 0, HEAD_BYTES));
        if (head !== null) return new RollingReader(file, head);
      } catch (error) {
        closeSync(file);
        throw error;
      }
      closeSync(file);
      return null;
    } catch (error) {
      throw fromSystem(error);
    }
  }

  /** A page as it lay in the database, from 1; null where it is damaged or was none. Good until the next call. */
  page(number: number): Uint8Array | null {
    if (number < 1 || number > this.pages) return null;
    const chunk = Math.floor((number - 1) / CHUNK_PAGES);
    if (this.last?.chunk !== chunk) this.last = { chunk, bytes: this.chunk(chunk) };
    const at = ((number - 1) % CHUNK_PAGES) * PAGE_BYTES;
    return this.last.bytes?.subarray(at, at + PAGE_BYTES) ?? null;
  }

  close(): void {
    closeSync(this.file);
    wipe(this.key);
  }

  private chunk(number: number): Uint8Array | null {
    return openChunk(this.key, number, bytesAt(this.file, rollingBytes(number), SEALED_CHUNK));
  }
}

/** Fewer where the file ends before; none where the disk does not give them. */
function bytesAt(file: number, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (fstatSync(file).size <= at) return bytes.subarray(0, 0);
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, length, at));
  } catch {
    return bytes.subarray(0, 0);
  }
}
