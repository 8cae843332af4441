/** What a backup's head says to people, and its pieces as they are counted. */
import type { Backup } from '@tacet/adapters/backup-folder';
import type { Found } from './protocol.ts';

export function factsOf(
  head: Backup['head'],
): Pick<Found, 'number' | 'at' | 'withFiles' | 'bytes'> {
  const { number, at, withFiles, dataBytes, cellsBytes } = head;
  return { number, at, withFiles, bytes: dataBytes + cellsBytes };
}

export async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  count: { done: number },
  progress: (done: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece;
    count.done += 1;
    progress(count.done);
  }
}
