/**
 * A map by names of bytes that are random in their first four: marks, hashes. A number of 30 bits
 * is what an engine finds several times faster than text, doubles or big integers; names that
 * share one stand in a chain and are told apart by all their bytes. Not for names that strangers
 * choose freely: many that share a number make it slow.
 */
import { equalBytes } from './bytes.ts';

interface Entry<T> {
  readonly name: Uint8Array;
  value: T;
  next: Entry<T> | undefined;
}

export class BytesMap<T> {
  private readonly chains = new Map<number, Entry<T>>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  get(name: Uint8Array): T | undefined {
    return this.find(name)?.value;
  }

  /** False: no name here begins with the four bytes at `from`. Asked before there is an array for them. */
  mayHave(bytes: Uint8Array, from: number): boolean {
    return this.chains.has(keyOf(bytes, from));
  }

  /** Keeps `name` itself, not a copy. */
  set(name: Uint8Array, value: T): void {
    const known = this.find(name);
    if (known !== undefined) {
      known.value = value;
      return;
    }
    const key = keyOf(name);
    this.chains.set(key, { name, value, next: this.chains.get(key) });
    this.count += 1;
  }

  delete(name: Uint8Array): boolean {
    const key = keyOf(name);
    let before: Entry<T> | undefined;
    for (let entry = this.chains.get(key); entry !== undefined; entry = entry.next) {
      if (!equalBytes(entry.name, name)) {
        before = entry;
        continue;
      }
      if (before !== undefined) before.next = entry.next;
      else if (entry.next !== undefined) this.chains.set(key, entry.next);
      else this.chains.delete(key);
      this.count -= 1;
      return true;
    }
    return false;
  }

  /** In order of entry, but for names that share a number. One visited may be deleted. */
  *entries(): Generator<readonly [Uint8Array, T]> {
    for (const first of this.chains.values()) {
      for (let entry: Entry<T> | undefined = first; entry !== undefined; entry = entry.next) {
        yield [entry.name, entry.value];
      }
    }
  }

  private find(name: Uint8Array): Entry<T> | undefined {
    let entry = this.chains.get(keyOf(name));
    while (entry !== undefined && !equalBytes(entry.name, name)) entry = entry.next;
    return entry;
  }
}

function keyOf(name: Uint8Array, from = 0): number {
  const high = (((name[from] ?? 0) & 0x3f) << 24) | ((name[from + 1] ?? 0) << 16);
  return high | ((name[from + 2] ?? 0) << 8) | (name[from + 3] ?? 0);
}
