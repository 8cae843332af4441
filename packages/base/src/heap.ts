/** A binary min-heap by deadline: mix pools, retries, virtual time. Ties leave in order of entry. */
import type { Millis } from './time.ts';

/** Lists side by side: numbers inside an object for each entry would be allocated one by one. */
export class DeadlineHeap<T> {
  private readonly times: Millis[] = [];
  private readonly orders: number[] = [];
  private readonly values: T[] = [];
  private counter = 0;

  get size(): number {
    return this.times.length;
  }

  /** The earliest deadline, or undefined when empty. */
  get nextAt(): Millis | undefined {
    return this.times.length === 0 ? undefined : this.times[0];
  }

  push(at: Millis, value: T): void {
    const order = this.counter++;
    let i = this.times.length;
    this.put(i, at, order, value);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.precedes(parent, at, order)) break;
      this.move(parent, i);
      i = parent;
    }
    this.put(i, at, order, value);
  }

  /** Removes and returns the earliest value if its deadline is <= `now`. */
  popDue(now: Millis): T | undefined {
    const { nextAt } = this;
    return nextAt === undefined || nextAt > now ? undefined : this.pop();
  }

  /** Removes and returns the earliest value. */
  pop(): T | undefined {
    if (this.times.length === 0) return undefined;
    const first = this.values[0];
    const at = this.times.pop() as Millis;
    const order = this.orders.pop() as number;
    const value = this.values.pop() as T;
    if (this.times.length > 0) this.sink(at, order, value);
    return first;
  }

  private sink(at: Millis, order: number, value: T): void {
    const { length } = this.times;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= length) break;
      const right = child + 1;
      if (right < length) {
        const leftAt = this.times[child] as Millis;
        if (this.precedes(right, leftAt, this.orders[child] as number)) child = right;
      }
      if (!this.precedes(child, at, order)) break;
      this.move(child, i);
      i = child;
    }
    this.put(i, at, order, value);
  }

  /** Does entry `i` leave before one of that deadline and order? */
  private precedes(i: number, at: Millis, order: number): boolean {
    const own = this.times[i] as Millis;
    return own < at || (own === at && (this.orders[i] as number) < order);
  }

  private move(from: number, to: number): void {
    this.put(to, this.times[from] as Millis, this.orders[from] as number, this.values[from] as T);
  }

  private put(i: number, at: Millis, order: number, value: T): void {
    this.times[i] = at;
    this.orders[i] = order;
    this.values[i] = value;
  }
}
