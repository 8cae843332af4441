/**
 * What a relay's engine frees is overwritten (docs/decisions/0102). Strings, small arrays and
 * numbers cannot be wiped by who made them: the engine copies and drops them as it likes, and leaves
 * dead ones as they are until it needs their room, which in a quiet relay may be never.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'major' }) => void;

let collect: Collect | null = null;

/** From now on every collection writes zeros over what it frees. Holds for all threads. */
export function overwriteFreed(): void {
  if (collect !== null) return;
  setFlagsFromString('--clear-free-memory');
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc') as Collect;
}

/** Collects everything that is dead now, and so overwrites it. Takes tens of milliseconds. */
export function collectFreed(): void {
  collect?.({ type: 'major' });
}
