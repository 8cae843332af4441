/**
 * SQLite's write-ahead log ("WAL-mode File Format" of SQLite's file format), read without SQLite:
 * which pages its transactions hold, and whether the rest, which SQLite leaves away without a word,
 * is what a crash tore or damage (docs/spec/10-store.md, 4).
 */
import { setImmediate } from 'node:timers/promises';
import { LOG_FRAME_BYTES, LOG_HEADER_BYTES, PAGE_BYTES, SLICE_PAGES } from './limits.ts';
import type { PageAuthority } from './pages.ts';
import type { SlicedFile } from './sliced.ts';

const FRAME_HEADER_BYTES = LOG_FRAME_BYTES - PAGE_BYTES;
const MAGIC = 0x377f0682;
const VERSION = 3_007_000;

/** What the log adds to the data file. */
export interface LogContent {
  /** Numbers of the pages its transactions hold. */
  readonly pages: ReadonlySet<number>;
  /** Pages its last one names, at least those of the database; null without any. */
  readonly size: number | null;
  /** The last writing of the first page, null without any. */
  readonly first: Uint8Array | null;
}

type Sum = readonly [number, number];

export interface Frame {
  readonly number: number;
  /** Pages of the database when this frame ends a transaction, 0 otherwise. */
  readonly commit: number;
  readonly salts: string;
  readonly page: Uint8Array;
  readonly sum: Sum;
  /** Whether the frame's checksum goes on from that of the one before. */
  follows(before: Sum): boolean;
}

/** Null when the log is damaged. */
export async function readLog(
  log: SlicedFile,
  authority: PageAuthority,
): Promise<LogContent | null> {
  const count = Math.floor((log.size - LOG_HEADER_BYTES) / LOG_FRAME_BYTES);
  if (count < 1) return { pages: new Set(), size: null, first: null };
  const header = headerOf(log.exactly(0, LOG_HEADER_BYTES));
  const frame = (i: number): Frame =>
    frameOf(log.exactly(LOG_HEADER_BYTES + i * LOG_FRAME_BYTES, LOG_FRAME_BYTES), header.little);

  let sum = header.sum;
  let at = 0;
  let ended = 0;
  let size: number | null = null;
  let first: Uint8Array | null = null;
  let written: Uint8Array | null = null;
  const numbers: number[] = [];
  if (header.holds) {
    for (; at < count; at++) {
      if (at % SLICE_PAGES === 0) await setImmediate();
      const { number, commit, salts, page, ...one } = frame(at);
      if (salts !== header.salts || number === 0 || !one.follows(sum)) break;
      if (!authority.holds(page, number)) return null;
      sum = one.sum;
      numbers.push(number);
      if (number === 1) written = page.slice();
      if (commit > 0) {
        ended = numbers.length;
        size = commit;
        first = written;
      }
    }
  } else {
    // The header is on the disk before any frame is written.
    const first = frame(0);
    if (authority.holds(first.page, first.number)) return null;
  }
  // A transaction is written when the one before is on the disk: one that is followed by another
  // was whole once. The last one alone may be what a crash left.
  for (; at + 1 < count; at++) {
    if (at % SLICE_PAGES === 0) await setImmediate();
    const one = frame(at);
    if (one.commit === 0) continue;
    const next = frame(at + 1);
    if (next.salts === header.salts && next.follows(one.sum)) return null;
  }
  return { pages: new Set(numbers.slice(0, ended)), size, first };
}

export function headerOf(bytes: Uint8Array) {
  const view = viewOf(bytes);
  const little = (view.getUint32(0) & 1) === 0;
  const sum = checksum([0, 0], bytes.subarray(0, LOG_HEADER_BYTES - 8), little);
  const holds =
    (view.getUint32(0) & ~1) === MAGIC &&
    view.getUint32(4) === VERSION &&
    view.getUint32(8) === PAGE_BYTES &&
    sameSum(sum, storedSum(view, LOG_HEADER_BYTES));
  return { little, sum, holds, salts: view.getBigUint64(16).toString() };
}

export function frameOf(bytes: Uint8Array, little: boolean): Frame {
  const view = viewOf(bytes);
  const page = bytes.subarray(FRAME_HEADER_BYTES);
  const sum = storedSum(view, FRAME_HEADER_BYTES);
  return {
    number: view.getUint32(0),
    commit: view.getUint32(4),
    salts: view.getBigUint64(8).toString(),
    page,
    sum,
    follows: (before) =>
      sameSum(sum, checksum(checksum(before, bytes.subarray(0, 8), little), page, little)),
  };
}

/** SQLite's checksum of pairs of words, going on from `start`. */
function checksum([start0, start1]: Sum, bytes: Uint8Array, little: boolean): Sum {
  const view = viewOf(bytes);
  let a = start0;
  let b = start1;
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + view.getUint32(at, little) + b) >>> 0;
    b = (b + view.getUint32(at + 4, little) + a) >>> 0;
  }
  return [a, b];
}

/** The two words that end a header of this length. */
function storedSum(view: DataView, length: number): Sum {
  return [view.getUint32(length - 8), view.getUint32(length - 4)];
}

function sameSum(a: Sum, b: Sum): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
