/** A binary min-heap by deadline: mix pools, retries, virtual time. Ties leave in order of entry. */
import type { Millis } from './time.ts';

type Entry<T> = { at: Millis; order: number; value: T };

export class DeadlineHeap<T> {
  private readonly entries: Entry<T>[] = [];
  private counter = 0;

  get size(): number {
    return this.entries.length;
  }

  /** The earliest deadline, or undefined when empty. */
  get nextAt(): Millis | undefined {
    return this.entries[0]?.at;
  }

  push(at: Millis, value: T): void {
    const entry = { at, order: this.counter++, value };
    const list = this.entries;
    list.push(entry);
    let i = list.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = list[parent] as Entry<T>;
      if (before(above, entry)) break;
      list[i] = above;
      i = parent;
    }
    list[i] = entry;
  }

  /** Removes and returns the earliest value if its deadline is <= `now`. */
  popDue(now: Millis): T | undefined {
    const first = this.entries[0];
    if (first === undefined || first.at > now) return undefined;
    return this.pop();
  }

  /** Removes and returns the earliest value. */
  pop(): T | undefined {
    const list = this.entries;
    const first = list[0];
    const last = list.pop();
    if (first === undefined || last === undefined) return undefined;
    if (list.length > 0) this.sink(last);
    return first.value;
  }

  private sink(entry: Entry<T>): void {
    const list = this.entries;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= list.length) break;
      const right = list[child + 1];
      if (right !== undefined && before(right, list[child] as Entry<T>)) child += 1;
      const below = list[child] as Entry<T>;
      if (before(entry, below)) break;
      list[i] = below;
      i = child;
    }
    list[i] = entry;
  }
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
