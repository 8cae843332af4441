/** A file of the person's own, readable by them alone, on the disk when this returns. */
import { open } from 'node:fs/promises';
import { AppError } from '@tacet/base';

/** Throws `file-exists` where there is one and it is not to be written over. */
export async function saveFile(
  path: string,
  pieces: Iterable<string> | AsyncIterable<string | Uint8Array>,
  force: boolean,
): Promise<void> {
  const file = await open(path, force ? 'w' : 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    const message = 'there is a file with that name; --force writes over it';
    throw new AppError('file-exists', 'usage', message);
  });
  try {
    // One that is written over may have been anybody's to read.
    if ((await file.stat()).isFile()) await file.chmod(0o600);
    await file.writeFile(pieces);
    await file.sync();
  } finally {
    await file.close();
  }
}
