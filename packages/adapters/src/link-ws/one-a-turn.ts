/**
 * Does pieces of work one in a turn of the event loop: a hundred that fall due in the same
 * millisecond do not hold up the links that stand, whose frames come between them.
 */
export class OneATurn {
  private readonly waiting: (() => void)[] = [];

  add(work: () => void): void {
    this.waiting.push(work);
    if (this.waiting.length === 1) setImmediate(() => this.next());
  }

  private next(): void {
    const work = this.waiting.shift();
    if (this.waiting.length > 0) setImmediate(() => this.next());
    work?.();
  }
}
