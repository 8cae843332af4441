/** The order in which hashes stand in lists. */
import { compareBytes } from '@tacet/base';

/** Strictly ascending: sorted, and nothing twice. */
export function isAscending(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash, i) => {
    const before = hashes[i - 1];
    return before === undefined || compareBytes(before, hash) < 0;
  });
}
