/**
 * Sizes of a vault (docs/spec/10-store.md, 9). Data files of all slots are of one length, at rest a step,
 * and so are the cells and the rolling copies: a length says how large the largest slot is, and nothing of any other. Behind the
 * pages of a database stand random bytes, which nobody without its key can tell from them. All grow in one order, each onto
 * the disk before the next, so that where they lie says nothing either.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { type Rng, randomBytes } from '@tacet/base';
import { CELL_BYTES } from './cell-form.ts';
import {
  CELLS_GROWTH,
  CELLS_STEP,
  DATA_STEP,
  HEAD_BYTES,
  PAGE_BYTES,
  ROLLING_CHUNK,
} from './limits.ts';
import { rollingBytes, SEALED_CHUNK } from './rolling-form.ts';

const PIECE_BYTES = 262_144;
const CHUNK_PAGES = ROLLING_CHUNK / PAGE_BYTES;

/** Files of one slot. */
interface SlotSizes {
  readonly data: string;
  readonly cells: string;
  readonly rolling: readonly string[];
}

/** A millisecond's work, or waiting for the disk. */
export type Piece = () => void | Promise<void>;

/** Brings what a file has grown by onto the disk. */
export type Sync = (path: string) => void | Promise<void>;

/** The least of `first`, half as many again, and so on, that is at least `count`. */
export function stepFor(count: number, first: number): number {
  let step = first;
  while (step < count) step = Math.ceil(step * 1.5);
  return step;
}

/**
 * Every data file as long as the longest needs, every file of cells likewise.
 * @param first step of data files, in pages
 */
export function* levelSizes(
  slots: readonly SlotSizes[],
  rng: Rng,
  sync: Sync,
  first = DATA_STEP,
): Generator<Piece> {
  const pages = Math.max(...slots.map(({ data }) => Math.ceil(statSync(data).size / PAGE_BYTES)));
  const cells = Math.max(...slots.map((slot) => Math.ceil(statSync(slot.cells).size / CELL_BYTES)));
  const copies = Math.max(...slots.flatMap(({ rolling }) => rolling.map(chunksOf)));
  const copyBytes =
    copies === 0 ? 0 : rollingBytes(stepFor(copies, Math.ceil(first / CHUNK_PAGES)));
  const cellSteps = cells === 0 ? 0 : stepFor(cells, CELLS_STEP);
  yield* levelData(slots, pages, rng, sync, first);
  for (const { cells: path } of slots) {
    yield* lengthen(path, cellSteps * CELL_BYTES, rng, sync);
  }
  for (const { rolling } of slots) {
    for (const path of rolling) yield* lengthen(path, copyBytes, rng, sync);
  }
}

/** Data files of all slots of the step that so many pages need. */
export function* levelData(
  slots: readonly SlotSizes[],
  pages: number,
  rng: Rng,
  sync: Sync,
  first = DATA_STEP,
): Generator<Piece> {
  const length = stepFor(pages, first) * PAGE_BYTES;
  for (const { data } of slots) yield* lengthen(data, length, rng, sync);
}

/** Files of cells of all slots long enough for so many, and a few more. */
export function* levelCells(
  slots: readonly SlotSizes[],
  count: number,
  rng: Rng,
  sync: Sync,
): Generator<Piece> {
  const length = Math.ceil(count / CELLS_GROWTH) * CELLS_GROWTH * CELL_BYTES;
  for (const { cells } of slots) yield* lengthen(cells, length, rng, sync);
}

/** Chunks that a rolling copy of this length holds, at least. */
function chunksOf(path: string): number {
  const { size } = statSync(path);
  return size === 0 ? 0 : Math.max(1, Math.ceil((size - HEAD_BYTES) / SEALED_CHUNK));
}

/** Rolling copies of all slots as long as one of so many chunks needs. */
export function* levelRolling(
  slots: readonly SlotSizes[],
  chunks: number,
  rng: Rng,
  sync: Sync,
  first = DATA_STEP,
): Generator<Piece> {
  const length = rollingBytes(stepFor(chunks, Math.ceil(first / CHUNK_PAGES)));
  for (const { rolling } of slots)
    for (const path of rolling) yield* lengthen(path, length, rng, sync, ROLLING_CHUNK);
}

/** Random bytes behind what is there, up to a length. */
export function* lengthen(
  path: string,
  length: number,
  rng: Rng,
  sync: Sync,
  piece = PIECE_BYTES,
): Generator<Piece> {
  const { size } = statSync(path);
  if (size >= length) return;
  for (let at = size; at < length; at += piece) {
    const upTo = Math.min(at + piece, length);
    yield () => onFile(path, (file) => appendUpTo(file, upTo, rng));
  }
  yield () => sync(path);
}

/** Random bytes behind what is there now, whatever wrote since: never over it. */
export function appendUpTo(file: number, length: number, rng: Rng): void {
  const { size } = fstatSync(file);
  if (size >= length) return;
  const bytes = randomBytes(rng, length - size);
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(file, bytes, at, bytes.length - at, size + at);
  }
}

export function syncNow(path: string): void {
  onFile(path, (file) => fsyncSync(file));
}

export async function syncLater(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Takes away what stands behind the pages of a database. */
export function dropTail(path: string, pages: number): void {
  const length = pages * PAGE_BYTES;
  onFile(path, (file) => {
    if (fstatSync(file).size > length) ftruncateSync(file, length);
  });
}

function onFile(path: string, work: (file: number) => void): void {
  const file = openSync(path, 'r+');
  try {
    work(file);
  } finally {
    closeSync(file);
  }
}
