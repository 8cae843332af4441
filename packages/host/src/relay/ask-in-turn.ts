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

export class AskInTurn<S> {
  /** Who was asked, in whichever round, and has not answered: not asked again meanwhile. */
  private readonly asked = new Set<S>();

  /** Resolves when a source had it, or each has answered or had its time. */
  async round({ sources, ask, patienceMs }: Round<S>): Promise<void> {
    for (const source of sources.filter((one) => !this.asked.has(one))) {
      const enough = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), patienceMs);
        this.asked.add(source);
        // Nobody may be waiting any more when it fails: that is nobody's to catch.
        void ask(source)
          .finally(() => this.asked.delete(source))
          .then((had) => {
            clearTimeout(timer);
            resolve(had);
          });
      });
      if (enough) return;
    }
  }
}
