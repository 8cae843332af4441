/** A file that is read slice by slice into one buffer. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { profileUnreadable } from './errors.ts';

export class SlicedFile {
  readonly size: number;
  private readonly file: number;
  private buffer = new Uint8Array(0);

  /** Throws `profile-unreadable` for what is no file. */
  constructor(path: string) {
    this.file = openSync(path, 'r');
    const stat = fstatSync(this.file);
    this.size = stat.size;
    if (stat.isFile()) return;
    this.close();
    throw profileUnreadable();
  }

  /** A view of so many bytes, fewer at the end of the file; good until the next call. */
  upTo(at: number, length: number): Uint8Array {
    if (this.buffer.length < length) this.buffer = new Uint8Array(length);
    return this.buffer.subarray(0, readSync(this.file, this.buffer, 0, length, at));
  }

  /** A copy; throws `profile-unreadable` when the file ends before. */
  exactly(at: number, length: number): Uint8Array {
    const bytes = this.upTo(at, length).slice();
    if (bytes.length < length) throw profileUnreadable();
    return bytes;
  }

  close(): void {
    closeSync(this.file);
  }
}
