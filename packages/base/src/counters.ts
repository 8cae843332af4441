/**
 * Local counters by reason (house style: bad input has one outcome on the wire and one counter
 * here). Names are fixed strings, never built from input, so the set of keys is bounded.
 */
export class Counters<Name extends string> {
  /** Each in a place of its own, found once for a change. */
  private readonly counts = new Map<Name, { count: number }>();

  add(name: Name, by = 1): void {
    const known = this.counts.get(name);
    if (known === undefined) this.counts.set(name, { count: by });
    else known.count += by;
  }

  get(name: Name): number {
    return this.counts.get(name)?.count ?? 0;
  }

  snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.counts].map(([name, { count }]) => [name, count]));
  }
}
