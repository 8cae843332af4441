/**
 * Sizes of a vault at rest (docs/spec/10-store.md, 9). Data files of all slots are of one length, a step,
 * and so are the cells and the rolling copies: a length says how large the largest slot is, and nothing of any other. Behind the
 * pages of a database stand random bytes, which nobody without its key can tell from them.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { type Rng, randomBytes } from '@tacet/base';
import { CELL_BYTES } from './cell-form.ts';
import { CELLS_STEP, DATA_STEP, HEAD_BYTES, PAGE_BYTES, ROLLING_CHUNK } from './limits.ts';
import { rollingBytes, SEALED_CHUNK } from './rolling-form.ts';

const PIECE_BYTES = 262_144;
const CHUNK_PAGES = ROLLING_CHUNK / PAGE_BYTES;

/** Files of one slot. */
interface SlotSizes {
  readonly data: string;
  readonly cells: string;
  readonly rolling: readonly string[];
}

/** The least of `first`, half as many again, and so on, that is at least `count`. */
export function stepFor(count: number, first: number): number {
  let step = first;
  while (step < count) step = Math.ceil(step * 1.5);
  return step;
}

/**
 * Every data file as long as the longest needs, every file of cells likewise: pieces of work, a millisecond each.
 * @param first step of data files, in pages
 */
export function* levelSizes(
  slots: readonly SlotSizes[],
  rng: Rng,
  first = DATA_STEP,
): Generator<() => void> {
  const pages = Math.max(...slots.map(({ data }) => Math.ceil(statSync(data).size / PAGE_BYTES)));
  const cells = Math.max(...slots.map((slot) => Math.ceil(statSync(slot.cells).size / CELL_BYTES)));
  const copies = Math.max(...slots.flatMap(({ rolling }) => rolling.map(chunksOf)));
  const copyBytes =
    copies === 0 ? 0 : rollingBytes(stepFor(copies, Math.ceil(first / CHUNK_PAGES)));
  const cellSteps = cells === 0 ? 0 : stepFor(cells, CELLS_STEP);
  for (const slot of slots) {
    yield* lengthen(slot.data, stepFor(pages, first) * PAGE_BYTES, rng);
    yield* lengthen(slot.cells, cellSteps * CELL_BYTES, rng);
    for (const path of slot.rolling) yield* lengthen(path, copyBytes, rng);
  }
}

/** Chunks that a rolling copy of this length holds, at least. */
function chunksOf(path: string): number {
  const { size } = statSync(path);
  return size === 0 ? 0 : Math.max(1, Math.ceil((size - HEAD_BYTES) / SEALED_CHUNK));
}

/** Rolling copies of all slots as long as one of so many chunks needs: pieces as above. */
export function* levelRolling(
  slots: readonly SlotSizes[],
  chunks: number,
  rng: Rng,
  first = DATA_STEP,
): Generator<() => void> {
  const length = rollingBytes(stepFor(chunks, Math.ceil(first / CHUNK_PAGES)));
  for (const { rolling } of slots)
    for (const path of rolling) yield* lengthen(path, length, rng, ROLLING_CHUNK);
}

/** Random bytes behind what is there, up to a length. */
function* lengthen(
  path: string,
  length: number,
  rng: Rng,
  piece = PIECE_BYTES,
): Generator<() => void> {
  for (let at = statSync(path).size; at < length; at += piece) {
    const from = at;
    yield () => append(path, from, randomBytes(rng, Math.min(piece, length - from)));
  }
}

function append(path: string, from: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  try {
    for (let at = 0; at < bytes.length; ) {
      at += writeSync(file, bytes, at, bytes.length - at, from + at);
    }
  } finally {
    closeSync(file);
  }
}

/** Takes away what stands behind the pages of a database. */
export function dropTail(path: string, pages: number): void {
  const length = pages * PAGE_BYTES;
  const file = openSync(path, 'r+');
  try {
    if (fstatSync(file).size > length) ftruncateSync(file, length);
  } finally {
    closeSync(file);
  }
}
