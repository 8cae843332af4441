/**
 * Where the boxes of one day stand: which mark is in which place, in memory in the very form of
 * the table on disk, with an index over it. Places are dealt by the inside-out shuffle: a free
 * place is made by drawing one of all there are and one more, and what stood there moves to the
 * end; a new box takes one of the free places by lot. So at every time each order of the boxes is
 * equally probable, whatever order they came in.
 *
 * Marks come from strangers who can grind them: the index uses a salt of this process.
 */
import { LIMITS } from './limits.ts';

/** Places in one chunk of the table: 8 bytes of mark each, then one byte of state each. */
export const CHUNK_PLACES = 896;
export const CHUNK_BYTES: number = CHUNK_PLACES * 9;
const CHUNK_WORDS = CHUNK_BYTES / 4;
const STATES_AT = CHUNK_PLACES * 8;
const MIN_SLOTS = 1_024;
const FULL = 0.75;
/** Of an entry of the index; `LIMITS.dayBoxes` fits. */
const PLACE_BITS = 0x00ff_ffff;
/** Words of one entry of a list of changes. */
export const ENTRY_WORDS = 4;

/** States: the record is there; numbers between are days from its erasure to its expiry. */
export const LIVE = 0;
export const MAX_DAYS_AHEAD = 250;
/** Its remnant is kept elsewhere, the record is being overwritten; it is. */
export const ERASING = 253;
export const ERASED = 254;
/** Nothing of use stands there. */
export const FREE = 255;

export class Places {
  private bytes = new Uint8Array(CHUNK_BYTES);
  private words = new Int32Array(this.bytes.buffer);
  /**
   * 0, or place + 1 under eight bits of the mark's hash: most marks that are asked for are not of
   * this day, and those bits tell so without a look at the mark in that place.
   */
  private index = new Int32Array(MIN_SLOTS);
  private used = 0;
  /** Places with nothing of use in them. */
  private readonly free: number[] = [];
  private readonly salt: number;

  /** @param salt 32 random bits */
  constructor(salt: number) {
    this.salt = salt | 1;
  }

  /** Places there are, free ones with them. */
  get size(): number {
    return this.used;
  }

  /** Places that a box may take; no order among them. */
  get freePlaces(): readonly number[] {
    return this.free;
  }

  /** Boxes that have a place. */
  get boxes(): number {
    return this.used - this.free.length;
  }

  /**
   * Takes over a table, then what lists of entries made of it since.
   * @param chunks whole ones; the caller uses it no more
   */
  static load(
    salt: number,
    chunks: Uint8Array<ArrayBuffer>,
    changes: readonly Int32Array[],
    size: number,
  ): Places {
    const places = new Places(salt);
    if (chunks.length > 0) places.keepIn(chunks);
    places.reserve(size);
    places.used = size;
    for (const entries of changes) {
      for (let at = 0; at < entries.length; at += ENTRY_WORDS) {
        const state = entries[at + 3] ?? 0;
        places.write(entries[at] ?? 0, entries[at + 1] ?? 0, entries[at + 2] ?? 0, state);
      }
    }
    for (let place = 0; place < size; place++) {
      if (places.state(place) === FREE) places.free.push(place);
    }
    places.rebuild(size);
    return places;
  }

  /** The place of a mark, or -1. */
  find(low: number, high: number): number {
    return (
      ((this.index[this.slotOf(low, high, this.hashOf(low, high))] as number) & PLACE_BITS) - 1
    );
  }

  /**
   * Makes a place free.
   * @param drawn uniform in 0..size, both included
   * @returns true when what stood at `drawn` is to be copied to place `size` of before
   */
  open(drawn: number): boolean {
    const end = this.used;
    if (end >= LIMITS.dayBoxes) throw new RangeError('a day is full');
    this.reserve(end + 1);
    this.used = end + 1;
    const state = drawn < end ? this.state(drawn) : FREE;
    if (state === FREE) {
      this.write(end, 0, 0, FREE);
      this.free.push(end);
      return false;
    }
    const at = wordOf(drawn);
    const low = this.words[at] ?? 0;
    const high = this.words[at + 1] ?? 0;
    this.point(low, high, end);
    this.write(end, low, high, state);
    this.write(drawn, 0, 0, FREE);
    this.free.push(drawn);
    return true;
  }

  /**
   * Gives a new mark a free place; there must be one.
   * @param drawn uniform in 0..freePlaces.length - 1
   */
  fill(low: number, high: number, drawn: number): number {
    const { free } = this;
    const place = free[drawn];
    const last = free.pop();
    if (place === undefined || last === undefined) throw new RangeError('no free place');
    if (drawn < free.length) free[drawn] = last;
    if (this.boxes > this.index.length * FULL) this.rebuild(this.boxes);
    this.point(low, high, place);
    this.write(place, low, high, LIVE);
    return place;
  }

  state(place: number): number {
    return this.bytes[stateOf(place)] ?? 0;
  }

  setState(place: number, state: number): void {
    this.bytes[stateOf(place)] = state;
  }

  /** A piece of the table, the n-th: a view, valid until the next `open`. */
  chunk(number: number): Uint8Array {
    return this.bytes.subarray(number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES);
  }

  /** What now stands in some places, into four words each: place, mark, state. */
  copyEntries(places: Int32Array, into: Int32Array): void {
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number;
      const at = wordOf(place);
      into[ENTRY_WORDS * i] = place;
      into[ENTRY_WORDS * i + 1] = this.words[at] as number;
      into[ENTRY_WORDS * i + 2] = this.words[at + 1] as number;
      into[ENTRY_WORDS * i + 3] = this.state(place);
    }
  }

  /** Overwrites everything; it is of no use afterwards. */
  wipe(): void {
    this.bytes.fill(0);
    this.index.fill(0);
    this.free.length = 0;
  }

  private write(place: number, low: number, high: number, state: number): void {
    const at = wordOf(place);
    this.words[at] = low;
    this.words[at + 1] = high;
    this.bytes[stateOf(place)] = state;
  }

  private reserve(size: number): void {
    const wanted = chunksFor(size) * CHUNK_BYTES;
    if (wanted <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(wanted, 2 * this.bytes.length));
    larger.set(this.bytes);
    this.bytes.fill(0);
    this.keepIn(larger);
  }

  private keepIn(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.words = new Int32Array(bytes.buffer);
  }

  private rebuild(size: number): void {
    let slots = MIN_SLOTS;
    while (size > slots * FULL) slots *= 2;
    this.index.fill(0);
    const index = new Int32Array(slots);
    this.index = index;
    const mask = slots - 1;
    // A start does this for all boxes: no division for a place, and no look at another mark, since
    // no two are the same.
    for (let first = 0; first < this.used; first += CHUNK_PLACES) {
      const end = Math.min(this.used, first + CHUNK_PLACES);
      const states = stateOf(first) - first;
      const words = wordOf(first) - 2 * first;
      for (let place = first; place < end; place++) {
        if (this.bytes[states + place] === FREE) continue;
        const at = words + 2 * place;
        const hash = this.hashOf(this.words[at] as number, this.words[at + 1] as number);
        let slot = hash & mask;
        while (index[slot] !== 0) slot = (slot + 1) & mask;
        index[slot] = (hash & ~PLACE_BITS) | (place + 1);
      }
    }
  }

  private point(low: number, high: number, place: number): void {
    const hash = this.hashOf(low, high);
    this.index[this.slotOf(low, high, hash)] = (hash & ~PLACE_BITS) | (place + 1);
  }

  private hashOf(low: number, high: number): number {
    let h = Math.imul(low ^ this.salt, 0x9e37_79b1) ^ Math.imul(high + this.salt, 0x85eb_ca6b);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b_3c6d);
    return h ^ (h >>> 13);
  }

  /** The slot of the index that holds this mark, or the free one where it belongs. */
  private slotOf(low: number, high: number, hash: number): number {
    const { index, words } = this;
    const mask = index.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = index[slot] as number;
      if (entry === 0) return slot;
      if (((entry ^ hash) & ~PLACE_BITS) !== 0) continue;
      const at = wordOf((entry & PLACE_BITS) - 1);
      if (words[at] === low && words[at + 1] === high) return slot;
    }
  }
}

/** Chunks that hold so many places. */
export function chunksFor(size: number): number {
  return Math.ceil(size / CHUNK_PLACES);
}

export function chunkOf(place: number): number {
  return Math.floor(place / CHUNK_PLACES);
}

function wordOf(place: number): number {
  const chunk = chunkOf(place);
  return chunk * CHUNK_WORDS + 2 * (place - chunk * CHUNK_PLACES);
}

function stateOf(place: number): number {
  const chunk = chunkOf(place);
  return chunk * CHUNK_BYTES + STATES_AT + (place - chunk * CHUNK_PLACES);
}
