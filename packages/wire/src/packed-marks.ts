/**
 * The marks of a digest in one piece. Whoever looks at each of them, and every client does at those
 * of all edges, goes through bytes that lie side by side and not through as many arrays.
 */
import { concat } from '@tacet/base';
import type { Mark } from './types.ts';

const pieces = new WeakMap<readonly Mark[], Uint8Array>();

/** `marks` are views into `packed`, in order, and nothing lies between. */
export function notePacked(marks: readonly Mark[], packed: Uint8Array): void {
  pieces.set(marks, packed);
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
