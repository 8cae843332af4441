/**
 * How many blocks, parts and boxes a file takes (docs/spec/19-files.md, 1). Pure numbers.
 */
import { AppError } from '@tacet/base';
import { BOX_PLAINTEXT } from '@tacet/wire';
import { MAX_FILE_BYTES } from '../limits.ts';

/** Bytes of the body in one box: all of its plaintext but the kind. */
export const FILE_PART_BYTES = BOX_PLAINTEXT - 1;
/** Parts that are kept together on disk, in one cell; as many bytes has a block of the tree. */
export const PARTS_PER_BLOCK = 64;
export const BLOCK_BYTES = PARTS_PER_BLOCK * FILE_PART_BYTES;
/** One entry of the list of blocks. */
export const HASH_BYTES = 32;

export interface Geometry {
  /** Bytes of the file. */
  readonly size: number;
  /** Blocks of the file: entries of the list. */
  readonly blocks: number;
  /** Bytes of the list, which stands behind the file. */
  readonly listBytes: number;
  /** Bytes of the body: file and list. */
  readonly bodyBytes: number;
  /** Boxes that carry bytes of the body. */
  readonly parts: number;
  /** Boxes that are written: parts and padding. */
  readonly boxes: number;
  /** Cells that hold the body on disk. */
  readonly cells: number;
}

/** Throws `file-size` for what is no size of a file: 1 byte to 256 MiB. */
export function geometryOf(size: number): Geometry {
  if (!Number.isInteger(size) || size < 1 || size > MAX_FILE_BYTES) {
    throw new AppError('file-size', 'usage', 'a file has 1 byte to 256 MiB');
  }
  const blocks = Math.ceil(size / BLOCK_BYTES);
  const listBytes = blocks * HASH_BYTES;
  const bodyBytes = listBytes + size;
  const parts = Math.ceil(bodyBytes / FILE_PART_BYTES);
  const cells = Math.ceil(bodyBytes / BLOCK_BYTES);
  return { size, blocks, listBytes, bodyBytes, parts, boxes: step(parts), cells };
}

/**
 * The number of boxes that hides a number of parts: at most 12 % more, and of a number of e bits only
 * about log2 e are told (Padmé: Nikitin and others, PETS 2019).
 * @param n at least 1
 */
export function step(n: number): number {
  const exponent = bits(n) - 1;
  const kept = exponent === 0 ? 1 : bits(exponent);
  const unit = 2 ** Math.max(0, exponent - kept);
  return Math.ceil(n / unit) * unit;
}

/**
 * Progress worth telling: with this part another whole percent is done. A file of 200 MB is told a
 * hundred times so, and not 118,000.
 * @param done parts, with this one @param of parts in all
 */
export function isWholePercent(done: number, of: number): boolean {
  return Math.floor((100 * done) / of) > Math.floor((100 * (done - 1)) / of);
}

/** Length of a whole number in bits: 1 -> 1, 2 -> 2, 4 -> 3. */
function bits(n: number): number {
  return n.toString(2).length;
}
