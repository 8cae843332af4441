/**
 * Puts broadcast items together again (docs/spec/03-links.md, 6). Tolerates loss, repeats, any
 * order and hostile pages: what it holds is bounded, an item comes out once and only when its
 * bytes have the hash its cells named. Whether the item is genuine is for its own signature.
 */
import { Counters, equalBytes, isAppError, keyOf, malformed, RecentSet } from '@tacet/base';
import {
  type BroadcastNamer,
  broadcastItemId,
  CELL_DATA,
  CELL_LENGTH,
  type Cell,
  cellCount,
  readCell,
} from './broadcast.ts';
import {
  MAX_BROADCAST_REMEMBERED,
  MAX_BROADCAST_UNFINISHED,
  MAX_BROADCAST_UNFINISHED_BYTES,
} from './limits.ts';
import { BROADCAST_PAGE } from './sizes.ts';
import type { BroadcastItem } from './types.ts';

interface Unfinished {
  readonly kind: BroadcastItem['kind'];
  readonly itemId: Uint8Array;
  readonly total: number;
  /** By place; memory follows what came, not what a cell says is to come. */
  readonly parts: Map<number, Uint8Array>;
}

/** An item's bytes, as its cells have them, and what they say they are. */
interface Whole {
  readonly kind: BroadcastItem['kind'];
  readonly itemId: Uint8Array;
  readonly bytes: Uint8Array;
}

export type BroadcastCounter = 'malformed' | 'mismatch' | 'evicted' | 'finished';

export class BroadcastReader {
  readonly counters = new Counters<BroadcastCounter>();
  /** In order of last progress, oldest first. Keys: the first bits of the item's id. */
  private readonly unfinished = new Map<number, Unfinished>();
  private readonly remembered = new RecentSet<number>(MAX_BROADCAST_REMEMBERED);
  /** Of those remembered the one that came last: what goes round mostly follows itself. */
  private latest = -1;
  private readonly nameOf: BroadcastNamer;
  private held = 0;

  /** @param nameOf or one that remembers, where many readers share a process */
  constructor(nameOf: BroadcastNamer = broadcastItemId) {
    this.nameOf = nameOf;
  }

  /** Bytes of unfinished items held now. */
  get size(): number {
    return this.held;
  }

  /** Items that this page completed. Throws `malformed` only when the page has another length. */
  take(page: Uint8Array): BroadcastItem[] {
    if (page.length !== BROADCAST_PAGE) throw malformed('page');
    const items: BroadcastItem[] = [];
    // Cells of one item stand side by side: whether it is remembered is asked once for all.
    let done = -1;
    for (let at = 0; at < BROADCAST_PAGE; at += CELL_LENGTH) {
      if (page[at] === 0) continue;
      if (done >= 0 && sameItem(page, at, done)) continue;
      const key = keyOf(page, at + 1);
      if (key === this.latest || this.remembered.has(key)) {
        this.latest = key;
        done = at;
        continue;
      }
      const whole = wholeAt(page, at);
      if (whole !== null) {
        const item = this.finish(whole, key);
        if (item !== null) items.push(item);
        at += (cellCount(whole.bytes.length) - 1) * CELL_LENGTH;
        continue;
      }
      const cell = cellAt(page, at);
      if (cell === null) this.counters.add('malformed');
      const item = cell && this.add(cell);
      if (item) items.push(item);
    }
    return items;
  }

  /** All bytes of an item are there: are they those that its cells name? */
  private finish({ kind, itemId, bytes }: Whole, key: number): BroadcastItem | null {
    const known = this.unfinished.get(key);
    if (known !== undefined) this.drop(key, known);
    const item: BroadcastItem = { kind, bytes };
    if (!equalBytes(this.nameOf(item), itemId)) {
      this.counters.add('mismatch');
      return null;
    }
    this.remembered.add(key);
    this.counters.add('finished');
    return item;
  }

  private add(cell: Cell): BroadcastItem | null {
    const key = keyOf(cell.itemId, 0);
    const known = this.unfinished.get(key);
    if (known !== undefined) this.drop(key, known);
    // Cells that disagree about an item belong to two: the later one is believed.
    const entry = known !== undefined && isOf(cell, known) ? known : start(cell);
    if (known !== undefined && entry !== known) this.counters.add('mismatch');
    if (!entry.parts.has(cell.index)) entry.parts.set(cell.index, cell.data.slice());
    if (entry.parts.size < cellCount(entry.total)) {
      this.unfinished.set(key, entry);
      this.held += heldBy(entry);
      this.evict();
      return null;
    }
    const { kind, itemId } = entry;
    return this.finish({ kind, itemId, bytes: joined(entry) }, key);
  }

  private evict(): void {
    for (const [key, entry] of this.unfinished) {
      const over =
        this.unfinished.size > MAX_BROADCAST_UNFINISHED ||
        this.held > MAX_BROADCAST_UNFINISHED_BYTES;
      if (!over) return;
      this.drop(key, entry);
      this.counters.add('evicted');
    }
  }

  private drop(key: number, entry: Unfinished): void {
    this.unfinished.delete(key);
    this.held -= heldBy(entry);
  }
}

/** Do two cells begin with the same eight bytes of an item's id? */
function sameItem(page: Uint8Array, a: number, b: number): boolean {
  for (let i = 1; i <= 8; i++) if (page[a + i] !== page[b + i]) return false;
  return true;
}

/**
 * Digests are put up whole: the cells of an item from its first to its last, side by side, need not
 * be kept one by one. Null where they do not stand so; then each is taken by itself.
 */
function wholeAt(page: Uint8Array, at: number): Whole | null {
  const first = cellAt(page, at);
  if (first === null || first.index !== 0) return null;
  const { kind, itemId, total } = first;
  const count = cellCount(total);
  if (at + count * CELL_LENGTH > page.length) return null;
  const bytes = new Uint8Array(total);
  bytes.set(first.data);
  for (let index = 1; index < count; index++) {
    const cell = cellAt(page, at + index * CELL_LENGTH);
    if (cell === null || cell.index !== index || !isOf(cell, first)) return null;
    bytes.set(cell.data, index * CELL_DATA);
  }
  return { kind, itemId, bytes };
}

function cellAt(page: Uint8Array, at: number): Cell | null {
  try {
    return readCell(page.subarray(at, at + CELL_LENGTH));
  } catch (error) {
    if (!isAppError(error, 'malformed')) throw error;
    return null;
  }
}

function start(cell: Cell): Unfinished {
  const { kind, total } = cell;
  return { kind, total, itemId: cell.itemId.slice(), parts: new Map() };
}

/** Do two say the same about their item? */
function isOf(a: Cell, b: Cell | Unfinished): boolean {
  return a.kind === b.kind && a.total === b.total && equalBytes(a.itemId, b.itemId);
}

function heldBy(entry: Unfinished): number {
  return entry.parts.size * CELL_LENGTH;
}

function joined(entry: Unfinished): Uint8Array {
  const bytes = new Uint8Array(entry.total);
  for (const [index, data] of entry.parts) bytes.set(data, index * CELL_DATA);
  return bytes;
}
