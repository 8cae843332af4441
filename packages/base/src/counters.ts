/**
 * Local counters by reason (house style: bad input has one outcome on the wire and one counter
 * here). Names are fixed strings, never built from input, so the set of keys is bounded.
 */
export class Counters<Name extends string> {
  private readonly counts = new Map<Name, number>();

  add(name: Name, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }

  get(name: Name): number {
    return this.counts.get(name) ?? 0;
  }

  snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }
}
