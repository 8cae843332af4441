/** Reads and writes of whole ranges of a file. */
import { readSync, writeSync } from 'node:fs';

/** Fills `into`, from `offset` of the file on. False when the file ends before. */
export function readAt(file: number, into: Uint8Array, offset: number): boolean {
  for (let done = 0; done < into.length; ) {
    const n = readSync(file, into, done, into.length - done, offset + done);
    if (n === 0) return false;
    done += n;
  }
  return true;
}

export function writeAt(file: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, offset + done);
  }
}
