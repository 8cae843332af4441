/**
 * A picture made anew from its pixels (docs/spec/19-files.md, 7): nothing of the file it came in is in the
 * new one, so neither is what a camera or a program wrote into it.
 */
import { AppError } from '@tacet/base';
import type { PictureBudget, RemadePicture } from '@tacet/client';
import { imageSize } from 'image-size';
import { rgbaToThumbHash } from 'thumbhash';
import { decode, encode, type PictureKind, type Pixels } from './codecs.ts';
import { MAX_PIXELS, PREVIEW_SIDE } from './limits.ts';
import { shrink } from './shrink.ts';

const KINDS: readonly string[] = ['jpg', 'png', 'webp'] satisfies PictureKind[];
/** Tried in turn; below the last one a smaller picture looks better. */
const QUALITIES = [80, 65, 50];
const SHRINK = 0.75;

/** Throws `picture-unreadable`, `picture-large`. */
export async function remake(
  bytes: Uint8Array<ArrayBuffer>,
  budget: PictureBudget,
): Promise<RemadePicture> {
  const pixels = fit(await read(bytes), budget.side);
  const preview = fit(pixels, PREVIEW_SIDE);
  for (let { side } = budget; ; side *= SHRINK) {
    const smaller = fit(pixels, side);
    for (const quality of QUALITIES) {
      const made = await encode(smaller, quality);
      // A picture of one pixel fits any budget.
      if (made.length > budget.bytes && side > 1) continue;
      const { width, height } = smaller;
      const hash = rgbaToThumbHash(preview.width, preview.height, preview.data);
      return { bytes: made, width, height, preview: hash };
    }
  }
}

async function read(bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  const { kind, width, height } = facts(bytes);
  // Before a decoder asks for the memory.
  if (width * height > MAX_PIXELS) {
    throw new AppError('picture-large', 'refused', 'this picture has more than 50 million pixels');
  }
  try {
    const pixels = await decode(kind, bytes);
    // Turned or not, it is what was looked at; else header and decoder saw two pictures.
    if (pixels.width * pixels.height === width * height && width > 0) return pixels;
  } catch (cause) {
    throw unreadable(cause);
  }
  throw unreadable();
}

function facts(bytes: Uint8Array): { kind: PictureKind; width: number; height: number } {
  let found: ReturnType<typeof imageSize>;
  try {
    found = imageSize(bytes);
  } catch (cause) {
    throw unreadable(cause);
  }
  const { type = '', width, height } = found;
  if (!KINDS.includes(type)) throw unreadable();
  return { kind: type as PictureKind, width, height };
}

function unreadable(cause?: unknown): AppError {
  const message = 'this is no picture that can be read here: JPEG, PNG and WebP can';
  return new AppError('picture-unreadable', 'input', message, { cause });
}

/** The same picture with sides of at most so many pixels, never larger than it was. */
function fit(pixels: Pixels, side: number): Pixels {
  const factor = side / Math.max(pixels.width, pixels.height);
  if (factor >= 1) return pixels;
  const at = (length: number): number => Math.max(1, Math.round(length * factor));
  return shrink(pixels, at(pixels.width), at(pixels.height));
}
