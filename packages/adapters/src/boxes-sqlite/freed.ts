/**
 * What the store's thread frees is overwritten (docs/decisions/0102), where it cannot be by who made
 * it: the engine frees numbers and small arrays as they are.
 */
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

let collect: Collect | undefined;

/** Where the host has the engine overwrite what it collects: collects all that is dead now. */
export function collectDead(): void {
  // The host may have said so after this thread had begun: then its own context has no such function.
  collect ??= runInNewContext('globalThis.gc') as Collect | undefined;
  collect?.({ type: 'major', flavor: 'last-resort' });
}
