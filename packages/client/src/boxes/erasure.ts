/**
 * The erasure of one box at its two homes, as a pure state, of a person's box and of one of cover
 * (docs/spec/05-boxes.md, 9): the first home, the second, then each once more that did not answer.
 */
import { equalBytes } from '@tacet/base';
import type { RelayHash } from '@tacet/directory';

/** Tries in all: two for each of two edges. */
const MAX_TRIES = 4;

export interface Erasure {
  /** How many of first, second, first, second are behind it, needed or not. */
  tries: number;
  /** Which homes have answered. */
  readonly done: [first: boolean, second: boolean];
}

export interface ErasureStep {
  readonly edge: RelayHash;
  readonly home: 0 | 1;
  /** `tries` once it is sent. */
  readonly tries: number;
  /** That home was asked before. */
  readonly retry: boolean;
}

/** The next step, or null when there is nothing more to do. */
export function nextStep(
  { tries, done }: Erasure,
  places: readonly [RelayHash, RelayHash],
): ErasureStep | null {
  const single = equalBytes(...places);
  for (let at = tries; at < MAX_TRIES; at++) {
    const home = at % 2 === 0 ? 0 : 1;
    if (done[home] || (single && home === 1)) continue;
    return { edge: places[home], home, tries: at + 1, retry: at > 1 };
  }
  return null;
}
