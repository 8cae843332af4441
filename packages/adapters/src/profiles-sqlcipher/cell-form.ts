/**
 * The form of a cell (docs/spec/19-files.md, 5): `nonce 24 | sealed 144,848 | random`, 36 pages of a disk.
 * To whoever lacks the key it is as random as an unused one.
 */
import { AppError, ByteWriter, type Rng, randomBytes } from '@tacet/base';
import { BLOCK_BYTES, type CellPlace } from '@tacet/client';
import { BOX_OVERHEAD, openBox, sealBox } from '@tacet/crypto';

export const CELL_BYTES = 147_456;
const NONCE_BYTES = 24;
const SEALED_BYTES = BLOCK_BYTES + BOX_OVERHEAD;

/** @param bytes 144,832 */
export function sealCell(place: CellPlace, bytes: Uint8Array, rng: Rng): Uint8Array {
  if (bytes.length !== BLOCK_BYTES) {
    throw new AppError('cell-length', 'bug', 'a cell holds 144,832 bytes');
  }
  const cell = randomBytes(rng, CELL_BYTES);
  const nonce = cell.subarray(0, NONCE_BYTES);
  cell.set(sealBox(place.key, nonce, bytes, bound(place)), NONCE_BYTES);
  return cell;
}

/** Null for anything but what was sealed for this place. */
export function openCell(place: CellPlace, cell: Uint8Array): Uint8Array | null {
  if (cell.length !== CELL_BYTES) return null;
  const nonce = cell.subarray(0, NONCE_BYTES);
  const sealed = cell.subarray(NONCE_BYTES, NONCE_BYTES + SEALED_BYTES);
  return openBox(place.key, nonce, sealed, bound(place));
}

function bound({ file, block }: CellPlace): Uint8Array {
  return new ByteWriter(12).u64(file).u32(block).bytes;
}
