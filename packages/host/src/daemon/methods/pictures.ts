/**
 * A picture that was brought in is made anew (docs/spec/19-files.md, 7): read back from its cells, decoded
 * apart, and brought in again as what will be sent.
 */
import { AppError } from '@tacet/base';
import { LARGE_PICTURE, MAX_PICTURE_BYTES, PICTURE } from '../limits.ts';
import type { Scene } from '../scene.ts';
import { readUpload, replaceUpload, type Surroundings } from './remade.ts';

interface Remade {
  readonly upload: number;
  readonly size: number;
  readonly width: number;
  readonly height: number;
}

/** Throws `picture-large`, `picture-unreadable`, `picture-slow`; the upload stays as it was then. */
export async function remakePicture(
  around: Surroundings & Pick<Scene, 'pictures'>,
  upload: number,
  large: boolean,
): Promise<Remade> {
  const size = await around.turn(() => around.uploads.sizeOf(upload));
  if (size > MAX_PICTURE_BYTES) {
    throw new AppError('picture-large', 'refused', 'a picture has at most 64 MiB');
  }
  const pieces = await readUpload(around, upload);
  const made = await around.pictures.remake(pieces, large ? LARGE_PICTURE : PICTURE);
  const { bytes, width, height, preview } = made;
  const fresh = await replaceUpload(around, upload, bytes, {
    kind: 'picture',
    mediaType: 'image/webp',
    preview,
    dimensions: [width, height],
  });
  return { upload: fresh, size: bytes.length, width, height };
}
