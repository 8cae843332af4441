/** Overwrites and removes a large file, piece by piece, while other work goes on. */
import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './files.ts';

/** A piece a turn: a replay log of an hour has up to a gigabyte. */
const PIECE = 256 * 1024;

/** As `wipeFile`; never rejects, because what cannot be overwritten is still removed. */
export async function wipeLargeFile(path: string): Promise<void> {
  const zeros = new Uint8Array(PIECE);
  try {
    const file = await open(path, 'r+');
    try {
      const { size } = await file.stat();
      for (let at = 0; at < size; at += PIECE) {
        await file.write(zeros, 0, Math.min(PIECE, size - at), at);
      }
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch {
    // Not there, or not ours to write.
  }
  try {
    await rm(path, { force: true });
    syncFolder(dirname(path));
  } catch {
    // The folder has gone with it, or the next start removes it.
  }
}
