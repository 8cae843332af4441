/**
 * Which digest named a mark: open addressing in typed arrays, because a client hears thousands of
 * marks a minute, nearly all of them padding, and a map of numbers of 53 bits boxes every one.
 * Entries are never taken out one by one: whoever owns the table makes a new one of what still counts.
 */
/** Slots of the smallest table. */
const LEAST = 1_024;

/** Random odd factors of 32 bits: who does not know them cannot choose marks that fall together. */
export interface Scatter {
  readonly low: number;
  readonly high: number;
}

export class MarkTable {
  /** Key of each slot plus one; 0 is an empty slot. */
  private readonly keys: Float64Array;
  private readonly values: Uint16Array;
  private readonly secret: Scatter;
  private readonly shift: number;
  private used = 0;

  /** @param entries that it has room for before it is half full */
  constructor(secret: Scatter, entries: number) {
    const bits = 32 - Math.clz32(Math.max(LEAST, 2 * entries) - 1);
    this.keys = new Float64Array(2 ** bits);
    this.values = new Uint16Array(2 ** bits);
    this.secret = secret;
    this.shift = 32 - bits;
  }

  get size(): number {
    return this.used;
  }

  /** Entries it takes: half of its slots, that an empty one is always near. */
  get room(): number {
    return this.keys.length / 2;
  }

  /**
   * @param key as `keyOf` makes it, 0 to 2^53 - 1
   * @returns where the key is, or would be
   */
  at(key: number): number {
    const { keys } = this;
    const high = (key / 0x1_0000_0000) | 0;
    const mixed = Math.imul(key | 0, this.secret.low) + Math.imul(high, this.secret.high);
    let slot = mixed >>> this.shift;
    for (;;) {
      const there = keys[slot];
      if (there === 0 || there === key + 1) return slot;
      slot = (slot + 1) & (keys.length - 1);
    }
  }

  /** @returns what stands at a place of `at`; undefined: nothing */
  value(slot: number): number | undefined {
    return this.keys[slot] === 0 ? undefined : this.values[slot];
  }

  /** @param value 0 to 65,535 */
  set(slot: number, key: number, value: number): void {
    if (this.keys[slot] === 0) this.used += 1;
    this.keys[slot] = key + 1;
    this.values[slot] = value;
  }

  forEach(visit: (key: number, value: number) => void): void {
    const { keys, values } = this;
    for (let slot = 0; slot < keys.length; slot++) {
      const key = keys[slot] as number;
      if (key !== 0) visit(key - 1, values[slot] as number);
    }
  }
}
