/**
 * Asks one source after another until one has what is wanted. One that does not answer holds up
 * nothing: after a pause the next is asked beside it, and what it says later still counts.
 */
import type { Millis } from '@tacet/base';

export interface Round<S> {
  readonly sources: readonly S[];
  /** Resolves when this source has answered or failed: true when no other need be asked. */
  readonly ask: (source: S) => Promise<boolean>;
  readonly patienceMs: Millis;
}

/** Resolves when a source had it, or each has answered or had its time. */
export async function askInTurn<S>({ sources, ask, patienceMs }: Round<S>): Promise<void> {
  for (const source of sources) {
    const enough = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), patienceMs);
      // Nobody may be waiting any more when it fails: that is nobody's to catch.
      void ask(source).then((had) => {
        clearTimeout(timer);
        resolve(had);
      });
    });
    if (enough) return;
  }
}
