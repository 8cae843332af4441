/**
 * Keeps the file short that a daemon's standard error goes to (docs/dev/logging.md). The descriptor is for
 * appending and was opened by whoever started the daemon, so the file is emptied in place, and its end goes
 * into a second one before.
 */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { MAX_LOG_BYTES } from './limits.ts';

/**
 * Beyond `most` bytes the last `most` of them become `path` + `.1`, and the file begins anew. Nothing is done
 * where the descriptor leads elsewhere than to `path`: to a terminal, a pipe, a file of somebody else. Never
 * throws: a log that cannot be kept short ends no daemon.
 *
 * @param fd of standard error
 */
export function keepLogShort(fd: number, path: string, most = MAX_LOG_BYTES): void {
  try {
    const { dev, ino, size } = fstatSync(fd);
    if (size <= most) return;
    const named = statSync(path);
    if (!named.isFile() || named.dev !== dev || named.ino !== ino) return;
    const before = `${path}.1`;
    writeFileSync(`${before}.new`, endOf(path, size, most), { mode: 0o600 });
    renameSync(`${before}.new`, before);
    ftruncateSync(fd);
  } catch {
    // A full disk, or no file any more: the next line tries again.
  }
}

/** Whole lines, where there are any. */
function endOf(path: string, size: number, most: number): Uint8Array {
  const bytes = Buffer.alloc(most);
  const file = openSync(path, 'r');
  try {
    const end = bytes.subarray(0, readSync(file, bytes, 0, most, size - most));
    const line = end.indexOf(10) + 1;
    return end.subarray(line < end.length ? line : 0);
  } finally {
    closeSync(file);
  }
}
