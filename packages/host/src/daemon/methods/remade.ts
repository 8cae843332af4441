/** What was brought in is read back from its cells, and what was made of it is brought in instead. */
import {
  BLOCK_BYTES,
  type BlockRead,
  type BlockWrite,
  type FileCells,
  type MadeFacts,
  type Uploads,
} from '@tacet/client';
import type { Scene } from '../scene.ts';

export interface Surroundings extends Pick<Scene, 'turn' | 'cells'> {
  readonly uploads: Uploads;
}

/** All bytes of an upload, a buffer for each block. */
export async function readUpload(
  { uploads, turn, cells }: Surroundings,
  upload: number,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const store = await cells();
  await writeAll(await turn(() => uploads.finish(upload)), store, turn);
  return readBlocks(await turn(() => uploads.blocks(upload)), store);
}

export async function readBlocks(
  blocks: readonly BlockRead[],
  store: FileCells,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (const { cell, place, length } of blocks) {
    pieces.push(new Uint8Array((await store.read(cell, place)).subarray(0, length)));
  }
  return pieces;
}

/** Answers the new upload; the old one is thrown away. */
export async function replaceUpload(
  { uploads, turn, cells }: Surroundings,
  upload: number,
  bytes: Uint8Array,
  facts: MadeFacts,
): Promise<number> {
  const store = await cells();
  const fresh = await turn((now) => uploads.begin(bytes.length, now, facts));
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const piece = bytes.subarray(at, at + BLOCK_BYTES);
    await writeAll(await turn((now) => uploads.put(fresh, at, piece, now)), store, turn);
  }
  await turn(() => uploads.cancel(upload));
  return fresh;
}

/** Each is on the disk before the next, and before the machine hears of it. */
export async function writeAll(
  writes: readonly BlockWrite[],
  cells: FileCells,
  turn: Scene['turn'],
): Promise<void> {
  for (const { cell, place, bytes, done } of writes) {
    await cells.write(cell, place, bytes);
    await turn(done);
  }
}
