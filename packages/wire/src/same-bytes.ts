/**
 * Remembers what was worked out of bytes, for a process in which many parties are given the same
 * ones and each would work it out again. Whoever finds something compares all bytes.
 */
import { BytesMap, equalBytes, RecentSet } from '@tacet/base';

/** Last bytes, which name what ends in a signature or a ciphertext: random in their first four. */
const NAME = 16;

interface Known<T> {
  readonly bytes: Uint8Array;
  readonly result: T;
}

export class SameBytes<T> {
  private readonly results = new BytesMap<Known<T>>();
  private readonly names: RecentSet<Uint8Array>;

  /** @param most results kept; the oldest gives way */
  constructor(most: number) {
    this.names = new RecentSet(most);
  }

  get size(): number {
    return this.results.size;
  }

  /** What `work` gave for these bytes before, or gives now. What it throws is not remembered. */
  of(bytes: Uint8Array, work: () => T): T {
    const known = this.results.get(bytes.subarray(-NAME));
    if (known !== undefined && equalBytes(known.bytes, bytes)) return known.result;
    const result = work();
    const kept = { bytes: bytes.slice(), result };
    const name = kept.bytes.subarray(-NAME);
    this.results.set(name, kept);
    // Of two with one name the later is kept, under the name of the first.
    if (known === undefined) {
      const oldest = this.names.add(name);
      if (oldest !== undefined) this.results.delete(oldest);
    }
    return result;
  }
}
