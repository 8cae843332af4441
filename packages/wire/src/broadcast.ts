/**
 * The broadcast field of frames down (docs/spec/03-links.md, 6): digests and documents cut into
 * cells, eight cells a page, the same pages for every client of an edge.
 */
import { ByteReader, ByteWriter, malformed } from '@tacet/base';
import { hash } from '@tacet/crypto';
import { MAX_BROADCAST_ITEM } from './limits.ts';
import { wireRange } from './range.ts';
import { BROADCAST_PAGE } from './sizes.ts';
import type { BroadcastItem } from './types.ts';

const CELLS = 8;
export const CELL_LENGTH = BROADCAST_PAGE / CELLS;
export const CELL_DATA = 563;
const ITEM_ID = 16;
const CODES = { digest: 1, document: 2 } as const;

/** One part of an item. `data` is a view; its length follows from `index` and `total`. */
export interface Cell {
  readonly kind: BroadcastItem['kind'];
  readonly itemId: Uint8Array;
  /** Bytes of the whole item. */
  readonly total: number;
  readonly index: number;
  readonly data: Uint8Array;
}

export function cellCount(total: number): number {
  return Math.ceil(total / CELL_DATA);
}

/** First 16 bytes of a labelled hash over kind and bytes. */
export function broadcastItemId(item: BroadcastItem): Uint8Array {
  return hash('broadcast-item', Uint8Array.of(CODES[item.kind]), item.bytes).subarray(0, ITEM_ID);
}

export type BroadcastNamer = typeof broadcastItemId;

/** Items in order, cell after cell; the rest of the last page is zero. */
export function packBroadcast(items: readonly BroadcastItem[]): Uint8Array[] {
  const pages: Uint8Array[] = [];
  let writer: ByteWriter | null = null;
  let used = 0;
  for (const item of items) {
    const total = item.bytes.length;
    if (total === 0 || total > MAX_BROADCAST_ITEM) throw wireRange('broadcast item');
    const itemId = broadcastItemId(item);
    for (let index = 0; index < cellCount(total); index++) {
      if (writer === null || used === CELLS) {
        writer = new ByteWriter(BROADCAST_PAGE);
        pages.push(writer.bytes);
        used = 0;
      }
      const data = item.bytes.subarray(index * CELL_DATA, (index + 1) * CELL_DATA);
      writer.u8(CODES[item.kind]).put(itemId).u32(total).u16(index).put(data);
      writer.skip(CELL_DATA - data.length);
      used += 1;
    }
  }
  return pages;
}

/** Throws `malformed`, also for an empty cell. */
export function readCell(bytes: Uint8Array): Cell {
  if (bytes.length !== CELL_LENGTH) throw malformed('cell');
  const reader = new ByteReader(bytes, 'cell');
  const code = reader.u8();
  if (code !== CODES.digest && code !== CODES.document) throw malformed('cell');
  const itemId = reader.slice(ITEM_ID);
  const total = reader.u32();
  const index = reader.u16();
  if (total > MAX_BROADCAST_ITEM || index >= cellCount(total)) throw malformed('cell');
  const data = reader.slice(Math.min(CELL_DATA, total - index * CELL_DATA));
  // By index: this loop runs over most of what a client receives.
  for (let i = CELL_LENGTH - reader.remaining; i < CELL_LENGTH; i++) {
    if (bytes[i] !== 0) throw malformed('cell');
  }
  return { kind: code === CODES.digest ? 'digest' : 'document', itemId, total, index, data };
}
