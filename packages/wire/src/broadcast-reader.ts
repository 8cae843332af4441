/**
 * Puts broadcast items together again (docs/spec/03-links.md, 6). Tolerates loss, repeats, any
 * order and hostile pages: what it holds is bounded, an item comes out once and only when its
 * bytes have the hash its cells named. Whether the item is genuine is for its own signature.
 */
import { Counters, equalBytes, isAppError, malformed } from '@tacet/base';
import {
  broadcastItemId,
  CELL_DATA,
  CELL_LENGTH,
  CELLS,
  type Cell,
  cellCount,
  readCell,
} from './broadcast.ts';
import {
  MAX_BROADCAST_REMEMBERED,
  MAX_BROADCAST_UNFINISHED,
  MAX_BROADCAST_UNFINISHED_BYTES,
} from './limits.ts';
import { markKey } from './mark.ts';
import { BROADCAST_PAGE } from './sizes.ts';
import type { BroadcastItem } from './types.ts';

interface Unfinished {
  readonly kind: BroadcastItem['kind'];
  readonly itemId: Uint8Array;
  readonly bytes: Uint8Array;
  readonly have: Uint8Array;
  missing: number;
}

export type BroadcastCounter = 'malformed' | 'mismatch' | 'evicted' | 'finished';

export class BroadcastReader {
  readonly counters = new Counters<BroadcastCounter>();
  /** In order of last progress, oldest first. Keys: the first 8 bytes of the item's id. */
  private readonly unfinished = new Map<bigint, Unfinished>();
  private readonly remembered = new Set<bigint>();
  private held = 0;

  /** Bytes of unfinished items held now. */
  get size(): number {
    return this.held;
  }

  /** Items that this page completed. Throws `malformed` only when the page has another length. */
  take(page: Uint8Array): BroadcastItem[] {
    if (page.length !== BROADCAST_PAGE) throw malformed('page');
    const items: BroadcastItem[] = [];
    for (let i = 0; i < CELLS; i++) {
      const bytes = page.subarray(i * CELL_LENGTH, (i + 1) * CELL_LENGTH);
      if (bytes[0] !== 0 && this.remembered.has(markKey(bytes.subarray(1, 9)))) continue;
      const cell = this.read(bytes);
      const item = cell && this.add(cell);
      if (item) items.push(item);
    }
    return items;
  }

  private read(bytes: Uint8Array): Cell | null {
    try {
      return readCell(bytes);
    } catch (error) {
      if (!isAppError(error, 'malformed')) throw error;
      this.counters.add('malformed');
      return null;
    }
  }

  private add(cell: Cell): BroadcastItem | null {
    const key = markKey(cell.itemId.subarray(0, 8));
    const entry = this.unfinished.get(key) ?? start(cell);
    if (!fits(entry, cell)) {
      this.counters.add('mismatch');
      return null;
    }
    if (this.unfinished.delete(key)) this.held -= entry.bytes.length;
    if (entry.have[cell.index] === 0) {
      entry.have[cell.index] = 1;
      entry.bytes.set(cell.data, cell.index * CELL_DATA);
      entry.missing -= 1;
    }
    if (entry.missing > 0) {
      this.unfinished.set(key, entry);
      this.held += entry.bytes.length;
      this.evict();
      return null;
    }
    const item: BroadcastItem = { kind: entry.kind, bytes: entry.bytes };
    if (!equalBytes(broadcastItemId(item), entry.itemId)) {
      this.counters.add('mismatch');
      return null;
    }
    this.remember(key);
    this.counters.add('finished');
    return item;
  }

  private evict(): void {
    for (const [key, entry] of this.unfinished) {
      const over =
        this.unfinished.size > MAX_BROADCAST_UNFINISHED ||
        this.held > MAX_BROADCAST_UNFINISHED_BYTES;
      if (!over) return;
      this.unfinished.delete(key);
      this.held -= entry.bytes.length;
      this.counters.add('evicted');
    }
  }

  private remember(key: bigint): void {
    this.remembered.add(key);
    if (this.remembered.size <= MAX_BROADCAST_REMEMBERED) return;
    for (const oldest of this.remembered) {
      this.remembered.delete(oldest);
      return;
    }
  }
}

function start(cell: Cell): Unfinished {
  const missing = cellCount(cell.total);
  return {
    kind: cell.kind,
    itemId: cell.itemId.slice(),
    bytes: new Uint8Array(cell.total),
    have: new Uint8Array(missing),
    missing,
  };
}

function fits(entry: Unfinished, cell: Cell): boolean {
  return (
    entry.kind === cell.kind &&
    entry.bytes.length === cell.total &&
    equalBytes(entry.itemId, cell.itemId)
  );
}
