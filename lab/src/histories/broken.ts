/** What a history must never show, by name (docs/dev/testing.md). */
export const INVARIANTS = [
  'nothing-lost',
  'nothing-twice',
  'nothing-from-nowhere',
  'order-causal',
  'order-by-rule',
  'reply-kept',
  'states-forward',
  'state-shown',
  'evidence-kept',
  'why-true',
  'copy-noticed',
  'definite-end',
  'rows-bounded',
  'deadline-kept',
] as const;
export type Invariant = (typeof INVARIANTS)[number];

export class Broken extends Error {
  readonly invariant: Invariant;

  constructor(invariant: Invariant, what: string) {
    super(`${invariant}: ${what}`);
    this.invariant = invariant;
  }
}

export function demand(holds: boolean, invariant: Invariant, what: string): asserts holds {
  if (!holds) throw new Broken(invariant, what);
}
