/**
 * The last so many different things, oldest first: what was seen already and need not be taken
 * again. A ring beside the set says which is the oldest: engines find the first entry of a set
 * from which first entries are taken all the time only by passing over the places of all of them.
 */
export class RecentSet<T> {
  private readonly known = new Set<T>();
  private readonly ring: T[] = [];
  private readonly most: number;
  private next = 0;

  /** @param most things kept, at least 1 */
  constructor(most: number) {
    this.most = most;
  }

  get size(): number {
    return this.known.size;
  }

  has(value: T): boolean {
    return this.known.has(value);
  }

  /** One that is there already keeps its place. @returns what gave way, if anything did */
  add(value: T): T | undefined {
    if (this.known.has(value)) return undefined;
    this.known.add(value);
    if (this.ring.length < this.most) {
      this.ring.push(value);
      return undefined;
    }
    const oldest = this.ring[this.next] as T;
    this.ring[this.next] = value;
    this.next = (this.next + 1) % this.most;
    this.known.delete(oldest);
    return oldest;
  }
}
