/** Fixed-size items waiting for a disk, in one buffer that grows and is handed over whole. */
const FIRST_ITEMS = 1_024;

export class TagLog {
  private readonly itemLength: number;
  private bytes = new Uint8Array(0);
  private used = 0;

  constructor(itemLength: number) {
    this.itemLength = itemLength;
  }

  push(item: Uint8Array): void {
    if (this.used === this.bytes.length) {
      const larger = new Uint8Array(Math.max(FIRST_ITEMS * this.itemLength, this.used * 2));
      larger.set(this.bytes);
      this.wipe();
      this.bytes = larger;
    }
    this.bytes.set(item, this.used);
    this.used += this.itemLength;
  }

  /** Everything pushed since the last call; nothing of it stays here. */
  take(): Uint8Array {
    const out = this.bytes.slice(0, this.used);
    this.bytes.fill(0, 0, this.used);
    this.used = 0;
    return out;
  }

  /** Overwrites what is held. */
  wipe(): void {
    this.bytes.fill(0);
  }
}
