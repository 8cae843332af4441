/** A binary min-heap by deadline: mix pools, retries, virtual time. Ties leave in order of entry. */
import type { Millis } from './time.ts';

/**
 * Lists side by side: numbers inside an object for each entry would be allocated one by one. Values
 * stay in one place and only its number moves: an engine notes each move of an object in a list.
 */
export class DeadlineHeap<T> {
  private readonly times: Millis[] = [];
  private readonly orders: number[] = [];
  private readonly places: number[] = [];
  private readonly values: (T | undefined)[] = [];
  private readonly free: number[] = [];
  private counter = 0;

  get size(): number {
    return this.times.length;
  }

  /** The earliest deadline, or undefined when empty. */
  get nextAt(): Millis | undefined {
    return this.times.length === 0 ? undefined : this.times[0];
  }

  push(at: Millis, value: T): void {
    const { times, orders, places } = this;
    const order = this.counter++;
    const place = this.free.pop() ?? this.values.length;
    this.values[place] = value;
    let i = times.push(at) - 1;
    orders.push(order);
    places.push(place);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = times[parent] as Millis;
      // Nothing that is here came later.
      if (above <= at) break;
      times[i] = above;
      orders[i] = orders[parent] as number;
      places[i] = places[parent] as number;
      i = parent;
    }
    times[i] = at;
    orders[i] = order;
    places[i] = place;
  }

  /** Removes and returns the earliest value if its deadline is <= `now`. */
  popDue(now: Millis): T | undefined {
    const { nextAt } = this;
    return nextAt === undefined || nextAt > now ? undefined : this.pop();
  }

  /** Removes and returns the earliest value. */
  pop(): T | undefined {
    if (this.times.length === 0) return undefined;
    const first = this.places[0] as number;
    const value = this.values[first];
    this.values[first] = undefined;
    this.free.push(first);
    const at = this.times.pop() as Millis;
    const order = this.orders.pop() as number;
    const place = this.places.pop() as number;
    if (this.times.length > 0) this.sink(at, order, place);
    return value;
  }

  /** Puts an entry in the first place, and down from there. */
  private sink(at: Millis, order: number, place: number): void {
    const { times, orders, places } = this;
    const { length } = times;
    let i = 0;
    for (let child = 1; child < length; child = 2 * i + 1) {
      let below = times[child] as Millis;
      const right = child + 1;
      if (right < length) {
        const other = times[right] as Millis;
        const ties = other === below && (orders[right] as number) < (orders[child] as number);
        if (other < below || ties) {
          child = right;
          below = other;
        }
      }
      if (below > at || (below === at && (orders[child] as number) > order)) break;
      times[i] = below;
      orders[i] = orders[child] as number;
      places[i] = places[child] as number;
      i = child;
    }
    times[i] = at;
    orders[i] = order;
    places[i] = place;
  }
}
