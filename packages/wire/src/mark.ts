/** Marks: short names of boxes in digests and reads (docs/spec/05-boxes.md, 2). */
import { hash } from '@tacet/crypto';
import { MARK } from './sizes.ts';
import type { BoxId, Mark } from './types.ts';

export function markOf(id: BoxId): Mark {
  return hash('mark', id).slice(0, MARK) as Mark;
}

const scratch = new Uint8Array(MARK);
const view = new DataView(scratch.buffer);

/** The first eight bytes of a name as a key for maps: measured cheaper than a string of them. */
export function markKey(mark: Uint8Array): bigint {
  for (let i = 0; i < MARK; i++) scratch[i] = mark[i] as number;
  return view.getBigUint64(0);
}
