import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { property as forAll, integer, assert as property } from 'fast-check';
import {
  BLOCK_BYTES,
  FILE_PART_BYTES,
  geometryOf,
  isWholePercent,
  PARTS_PER_BLOCK,
  step,
} from '../../src/files/geometry.ts';
import { MAX_FILE_BYTES } from '../../src/limits.ts';

test('sizes by hand: one byte, a block, one byte more, a million, the largest', () => {
  assert.equal(BLOCK_BYTES, 144_832);
  const small = { blocks: 1, listBytes: 32, parts: 1, boxes: 1, cells: 1 };
  assert.deepEqual(geometryOf(1), { size: 1, bodyBytes: 33, ...small });
  const { parts, cells, blocks } = geometryOf(BLOCK_BYTES);
  assert.deepEqual({ parts, cells, blocks }, { parts: 65, cells: 2, blocks: 1 });
  assert.equal(geometryOf(BLOCK_BYTES + 1).blocks, 2);
  assert.deepEqual(geometryOf(1_000_000), {
    ...{ size: 1_000_000, blocks: 7, listBytes: 224, bodyBytes: 1_000_224 },
    ...{ parts: 442, boxes: 448, cells: 7 },
  });
  assert.equal(geometryOf(MAX_FILE_BYTES).boxes, 118_784);
});

test('no size of a file: nothing, less, half a byte, a byte too many', () => {
  for (const size of [0, -1, 1.5, MAX_FILE_BYTES + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(
      () => geometryOf(size),
      (error) => isAppError(error, 'file-size'),
    );
  }
});

test('steps as Padmé has them: at most 12 % more, never fewer, few of them', () => {
  // Of the paper: 2^e with its first bits kept.
  const known = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 8, 8, 9, 10, 10, 10, 17, 18, 100, 104, 448, 448];
  for (let i = 0; i < known.length; i += 2) assert.equal(step(known[i] ?? 0), known[i + 1]);
  property(
    forAll(integer({ min: 1, max: 200_000 }), (n) => {
      const padded = step(n);
      assert.ok(padded >= n && padded <= n * 1.12, `${n} -> ${padded}`);
      assert.equal(step(padded), padded);
      assert.ok(step(n + 1) >= padded);
    }),
  );
  const steps = new Set(Array.from({ length: 118_784 }, (_, i) => step(i + 1)));
  assert.ok(steps.size < 200, `${steps.size} sizes for 118,784`);
});

test('parts carry the whole body, cells hold it', () => {
  property(
    forAll(integer({ min: 1, max: MAX_FILE_BYTES }), (size) => {
      const { parts, cells, bodyBytes, boxes } = geometryOf(size);
      assert.ok(parts * FILE_PART_BYTES >= bodyBytes && (parts - 1) * FILE_PART_BYTES < bodyBytes);
      assert.equal(cells, Math.ceil(parts / PARTS_PER_BLOCK));
      assert.ok(boxes >= parts);
    }),
  );
});

test('progress is told a hundred times at most, the last part always', () => {
  for (const all of [1, 7, 99, 100, 101, 118_784]) {
    const told = Array.from({ length: all }, (_, n) => n + 1).filter((n) => isWholePercent(n, all));
    assert.equal(told.length, Math.min(all, 100));
    assert.equal(told.at(-1), all);
  }
});
