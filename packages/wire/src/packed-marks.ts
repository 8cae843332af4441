/**
 * The marks of a digest in one piece. Whoever looks at each of them, and every client does at those
 * of all edges, goes through bytes that lie side by side and not through as many arrays.
 */
import { concat } from '@tacet/base';
import { MARK } from './sizes.ts';
import type { Mark } from './types.ts';

const pieces = new WeakMap<readonly Mark[], Uint8Array>();

/** The marks that lie side by side, as views of these bytes. @param packed a multiple of `MARK` long */
export function splitMarks(packed: Uint8Array): Mark[] {
  const marks = Array.from(
    { length: packed.length / MARK },
    (_, n) => packed.subarray(n * MARK, (n + 1) * MARK) as Mark,
  );
  pieces.set(marks, packed);
  return marks;
}

/** Mark n begins at byte `n * MARK`. For a list that does not change. */
export function packedMarks(marks: readonly Mark[]): Uint8Array {
  let packed = pieces.get(marks);
  if (packed === undefined) {
    packed = concat(...marks);
    pieces.set(marks, packed);
  }
  return packed;
}
