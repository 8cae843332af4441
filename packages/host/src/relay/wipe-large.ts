/** Overwrites and removes a large file, piece by piece, while other work goes on. */
import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './files.ts';
import { LIMITS } from './limits.ts';

/** As `wipeFile`: what cannot be overwritten is still removed. Rejects when it cannot be removed. */
export async function wipeLargeFile(path: string): Promise<void> {
  const zeros = new Uint8Array(LIMITS.wipePiece);
  try {
    const file = await open(path, 'r+');
    try {
      const { size } = await file.stat();
      for (let at = 0; at < size; at += zeros.length) {
        await file.write(zeros, 0, Math.min(zeros.length, size - at), at);
      }
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch {
    // Not there, or not ours to write.
  }
  await rm(path, { force: true });
  syncFolder(dirname(path));
}
