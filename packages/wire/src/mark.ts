/** Marks: short names of boxes in digests and reads (docs/spec/05-boxes.md, 2). */
import { hash } from '@tacet/crypto';
import { MARK } from './sizes.ts';
import type { BoxId, Mark } from './types.ts';

export function markOf(id: BoxId): Mark {
  return hash('mark', id).slice(0, MARK) as Mark;
}

const scratch = new Uint8Array(MARK);
const view = new DataView(scratch.buffer);

/** An 8-byte name as a key for maps: measured cheaper than a string of it. */
export function markKey(mark: Uint8Array): bigint {
  scratch.set(mark);
  return view.getBigUint64(0);
}
