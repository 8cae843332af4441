/**
 * Connections that have not said hello yet: so many at most, none for longer than a handshake may
 * take. While all places are taken, a newcomer is let in only for one that has had its time: in a
 * storm of honest clients the oldest are nearest to being done, among idlers they are the idlers.
 */
import type { Millis } from '@tacet/base';

export class HalfOpen<Connection> {
  /** In the order in which they came. */
  private readonly since = new Map<Connection, Millis>();
  private readonly cap: number;
  private readonly graceMs: Millis;

  constructor(cap: number, graceMs: Millis) {
    this.cap = cap;
    this.graceMs = graceMs;
  }

  get size(): number {
    return this.since.size;
  }

  /** Whether there was a place, and who lost his for it. */
  add(
    connection: Connection,
    now: Millis,
  ): { readonly taken: boolean; readonly evicted: Connection | null } {
    let evicted: Connection | null = null;
    if (this.since.size >= this.cap) {
      const [oldest] = this.since;
      if (oldest === undefined || now - oldest[1] < this.graceMs) return { taken: false, evicted };
      evicted = oldest[0];
      this.since.delete(evicted);
    }
    this.since.set(connection, now);
    return { taken: true, evicted };
  }

  delete(connection: Connection): void {
    this.since.delete(connection);
  }

  olderThan(age: Millis, now: Millis): Connection[] {
    const old: Connection[] = [];
    for (const [connection, since] of this.since) {
      if (now - since < age) break;
      old.push(connection);
    }
    return old;
  }
}
