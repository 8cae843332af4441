/**
 * What a relay's engine frees is overwritten (docs/decisions/0102). Strings, small arrays and
 * numbers cannot be wiped by who made them: the engine copies and drops them as it likes, and leaves
 * dead ones as they are until it needs their room, which in a quiet relay may be never.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

let collect: Collect | null = null;

/**
 * From now on what dies young is overwritten by the collection that finds it. Holds for all threads.
 * What grew old before it died is not: that takes `collectFreed`.
 */
export function overwriteFreed(): void {
  if (collect !== null) return;
  setFlagsFromString('--clear-free-memory');
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc') as Collect;
}

/**
 * Collects everything that is dead now in this thread and gives its pages back or overwrites them.
 * An ordinary collection leaves the dead among the living of the old part as they are; only the one
 * for when memory is short moves the living together. Takes tens of milliseconds.
 */
export function collectFreed(): void {
  collect?.({ type: 'major', flavor: 'last-resort' });
}
