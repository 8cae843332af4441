/**
 * A picture that was brought in is made anew (docs/spec/19-files.md, 7): read back from its cells, decoded
 * apart, and brought in again as what will be sent.
 */
import { AppError } from '@tacet/base';
import { BLOCK_BYTES, type BlockWrite, type FileCells, type Uploads } from '@tacet/client';
import { LARGE_PICTURE, MAX_PICTURE_BYTES, PICTURE } from '../limits.ts';
import type { Scene } from '../scene.ts';

interface Surroundings extends Pick<Scene, 'turn' | 'cells' | 'pictures'> {
  readonly uploads: Uploads;
}

interface Remade {
  readonly upload: number;
  readonly size: number;
  readonly width: number;
  readonly height: number;
}

/** Throws `picture-large`, `picture-unreadable`, `picture-slow`; the upload stays as it was then. */
export async function remakePicture(
  { uploads, turn, cells, pictures }: Surroundings,
  upload: number,
  large: boolean,
): Promise<Remade> {
  const size = await turn(() => uploads.sizeOf(upload));
  if (size > MAX_PICTURE_BYTES) {
    throw new AppError('picture-large', 'refused', 'a picture has at most 64 MiB');
  }
  const store = await cells();
  await writeAll(await turn(() => uploads.finish(upload)), store, turn);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (const { cell, place, length } of await turn(() => uploads.blocks(upload))) {
    pieces.push(new Uint8Array((await store.read(cell, place)).subarray(0, length)));
  }
  const made = await pictures.remake(pieces, large ? LARGE_PICTURE : PICTURE);
  const { bytes, width, height, preview } = made;
  const facts = { mediaType: 'image/webp', preview, dimensions: [width, height] } as const;
  const fresh = await turn((now) => uploads.begin(bytes.length, now, facts));
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const piece = bytes.subarray(at, at + BLOCK_BYTES);
    await writeAll(await turn(() => uploads.put(fresh, at, piece)), store, turn);
  }
  await turn(() => uploads.cancel(upload));
  return { upload: fresh, size: bytes.length, width, height };
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
