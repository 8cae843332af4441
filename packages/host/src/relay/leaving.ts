/**
 * When a relay that leaves may be stopped (docs/spec/06-directory.md, 5 and 8). Packets of an epoch
 * pass it while the document in force for that epoch lists it; its keys of that epoch are needed
 * until the grace is over.
 */
import type { Millis } from '@tacet/base';
import {
  type DocumentBook,
  epochAt,
  epochStart,
  type RelayHash,
  relayIndex,
} from '@tacet/directory';
import type { Leaving } from './operations.ts';

export function leavingState(book: DocumentBook, self: RelayHash, now: Millis): Leaving {
  const newest = book.newest();
  if (newest === null) return { free: true, freeAt: now };
  const { parameters } = newest.document;
  if (relayIndex(newest, self) !== null) return { free: false, freeAt: null };
  // The newest document does not list it; older ones may still be in force, now or until it counts.
  const present = epochAt(parameters, now);
  let last = present - 2;
  for (let epoch = present - 1; epoch <= Math.max(present, newest.document.epoch); epoch++) {
    const verified = book.inForce(epoch);
    if (verified !== null && relayIndex(verified, self) !== null) last = epoch;
  }
  const freeAt = epochStart(parameters, last + 1) + parameters.graceMs;
  return { free: freeAt <= now, freeAt };
}
