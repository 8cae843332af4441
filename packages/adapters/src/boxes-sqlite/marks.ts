/**
 * An exact set of 8-byte marks in memory, 8 bytes a slot, open addressing. Marks come from
 * strangers who can grind them, so slots are chosen with a salt of this process.
 */
const MIN_SLOTS = 1_024;
const FULL = 0.6;

export class MarkSet {
  private slots: BigInt64Array<ArrayBuffer> = new BigInt64Array(MIN_SLOTS);
  private halves = new Int32Array(this.slots.buffer);
  private used = 0;
  private hasZero = false;
  private readonly salt: number;

  /** @param salt 32 random bits. */
  constructor(salt: number) {
    this.salt = salt | 1;
  }

  get size(): number {
    return this.used + (this.hasZero ? 1 : 0);
  }

  has(mark: bigint): boolean {
    if (mark === 0n) return this.hasZero;
    return this.slots[this.find(mark)] !== 0n;
  }

  add(mark: bigint): void {
    if (mark === 0n) {
      this.hasZero = true;
      return;
    }
    const at = this.find(mark);
    if (this.slots[at] !== 0n) return;
    this.slots[at] = mark;
    this.used += 1;
    if (this.used > this.slots.length * FULL) this.grow();
  }

  /** The slot that holds `mark`, or the free one where it belongs. */
  private find(mark: bigint): number {
    const mask = this.slots.length - 1;
    const low = Number(BigInt.asIntN(32, mark));
    const high = Number(BigInt.asIntN(32, mark >> 32n));
    let h = Math.imul(low ^ this.salt, 0x9e37_79b1) ^ Math.imul(high + this.salt, 0x85eb_ca6b);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b_3c6d);
    let at = (h ^ (h >>> 13)) & mask;
    const halves = this.halves;
    for (;;) {
      const a = halves[2 * at];
      const b = halves[2 * at + 1];
      if ((a === low && b === high) || (a === 0 && b === 0)) return at;
      at = (at + 1) & mask;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new BigInt64Array(old.length * 2);
    this.halves = new Int32Array(this.slots.buffer);
    for (const mark of old) if (mark !== 0n) this.slots[this.find(mark)] = mark;
  }
}
