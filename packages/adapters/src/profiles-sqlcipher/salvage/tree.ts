/**
 * SQLite's b-trees ("B-tree Pages" of its file format), read page by page: what is damaged is passed over and
 * said, and nothing is believed that does not fit its page.
 */
import type { SqlValue } from '@tacet/client';
import { PAGE_BYTES } from '../limits.ts';
import type { Pages } from './pages.ts';
import { BadRow, recordOf, varint } from './record.ts';

export interface Row {
  /** Null in a table without. */
  readonly rowid: number | null;
  readonly values: readonly SqlValue[];
}

/** A page, or a single row, that is not there: rows above `after` up to `upTo`, where that is known. */
export interface Gap {
  readonly page: number;
  readonly after: number | null;
  readonly upTo: number | null;
}

export interface Found {
  readonly row: (row: Row) => void;
  readonly gap: (gap: Gap) => void;
}

const LEAF_TABLE = 13;
const INNER_TABLE = 5;
const LEAF_INDEX = 10;
const INNER_INDEX = 2;
/** What SQLite uses of a page; SQLCipher has the rest. */
const USABLE = PAGE_BYTES - 80;
const OVERFLOW_BYTES = USABLE - 4;
const LEAST_LOCAL = Math.floor(((USABLE - 12) * 32) / 255) - 23;
const MOST_LOCAL_TABLE = USABLE - 35;
const MOST_LOCAL_INDEX = Math.floor(((USABLE - 12) * 64) / 255) - 23;

export type TreeKind = 'table' | 'index';

export class TreeReader {
  /** Pages that a tree led to. */
  readonly reached = new Set<number>();
  private readonly pages: Pages;

  constructor(pages: Pages) {
    this.pages = pages;
  }

  /** All of the tree whose root that is. A page is gone into once, whatever leads to it. */
  walk(root: number, kind: TreeKind, found: Found): void {
    const todo: Gap[] = [{ page: root, after: null, upTo: null }];
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const { page: number, after, upTo } = next;
      if (number < 1 || number > this.pages.count || this.reached.has(number)) {
        found.gap(next);
        continue;
      }
      this.reached.add(number);
      const page = this.pages.page(number);
      const node = page === null ? null : nodeOf(page, number);
      if (page === null || node === null || node.kind !== kind) {
        found.gap(next);
        continue;
      }
      if (kind === 'index' || node.right === null) {
        for (const at of node.cells) this.row(page, node, at, next, found);
      }
      if (node.right === null) continue;
      const children: Gap[] = [];
      let last = after;
      for (const at of node.cells) {
        const key = kind === 'table' ? keyOf(page, at) : null;
        children.push({ page: u32(page, at), after: last, upTo: key });
        last = key;
      }
      children.push({ page: node.right, after: last, upTo });
      todo.push(...children.reverse());
    }
  }

  /** Rows of a page that nothing leads to; none where it is no page of rows. */
  stray(number: number, kind: TreeKind): Row[] {
    const page = this.pages.page(number);
    const node = page === null ? null : nodeOf(page, number);
    if (page === null || node === null || node.kind !== kind) return [];
    if (kind === 'table' && node.right !== null) return [];
    const rows: Row[] = [];
    const found = { row: (row: Row) => void rows.push(row), gap: () => {} };
    const place = { page: number, after: null, upTo: null };
    for (const at of node.cells) this.row(page, node, at, place, found);
    return rows;
  }

  private row(page: Uint8Array, node: Node, cell: number, place: Gap, found: Found): void {
    let rowid: number | null = null;
    try {
      const [length, behind] = varint(page, cell + (node.right === null ? 0 : 4));
      let at = behind;
      if (node.kind === 'table') [rowid, at] = varint(page, at);
      found.row({ rowid, values: recordOf(this.payload(page, at, length, node.kind)) });
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      // Of a row whose number is known only that one is missing.
      const one = rowid === null ? place : { ...place, after: rowid - 1, upTo: rowid };
      found.gap(one);
    }
  }

  private payload(page: Uint8Array, at: number, length: number, kind: TreeKind): Uint8Array {
    const most = kind === 'table' ? MOST_LOCAL_TABLE : MOST_LOCAL_INDEX;
    const odd = LEAST_LOCAL + ((length - LEAST_LOCAL) % OVERFLOW_BYTES);
    const local = length <= most ? length : odd <= most ? odd : LEAST_LOCAL;
    if (length < 0 || length > this.pages.count * PAGE_BYTES || at + local > USABLE) {
      throw new BadRow();
    }
    if (local === length) return page.subarray(at, at + length);
    const whole = new Uint8Array(length);
    whole.set(page.subarray(at, at + local));
    let next = u32(page, at + local);
    const seen = new Set<number>();
    for (let done = local; done < length; ) {
      const more = seen.has(next) || next > this.pages.count ? null : this.pages.page(next);
      if (more === null || next === 0) throw new BadRow();
      seen.add(next);
      this.reached.add(next);
      const part = more.subarray(4, 4 + Math.min(OVERFLOW_BYTES, length - done));
      whole.set(part, done);
      done += part.length;
      next = u32(more, 0);
    }
    if (next !== 0) throw new BadRow();
    return whole;
  }
}

interface Node {
  readonly kind: TreeKind;
  /** The child behind all cells; null for a leaf. */
  readonly right: number | null;
  /** Where its cells begin. */
  readonly cells: readonly number[];
}

/** Null for what is no page of a tree. */
function nodeOf(page: Uint8Array, number: number): Node | null {
  const from = number === 1 ? 100 : 0;
  const type = page[from] ?? 0;
  if (![LEAF_TABLE, INNER_TABLE, LEAF_INDEX, INNER_INDEX].includes(type)) return null;
  const leaf = type === LEAF_TABLE || type === LEAF_INDEX;
  const count = u16(page, from + 3);
  const begin = from + (leaf ? 8 : 12);
  if (begin + 2 * count > USABLE) return null;
  const cells = Array.from({ length: count }, (_, n) => u16(page, begin + 2 * n));
  if (cells.some((at) => at < begin + 2 * count || at >= USABLE)) return null;
  const kind = type === LEAF_TABLE || type === INNER_TABLE ? 'table' : 'index';
  return { kind, right: leaf ? null : u32(page, from + 8), cells };
}

function keyOf(page: Uint8Array, cell: number): number | null {
  try {
    return varint(page, cell + 4)[0];
  } catch {
    return null;
  }
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) * 65_536 + u16(bytes, at + 2);
}
