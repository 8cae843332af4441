/** What every implementation of FileCells does. Used by tests of adapters and of fakes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '@tacet/base';
import { BLOCK_BYTES } from '../files/geometry.ts';
import type { CellPlace, FileCells } from '../ports.ts';

const place = (file: number, block: number, key = 1): CellPlace => ({
  key: new Uint8Array(32).fill(key),
  file,
  block,
});
const block = (fill: number): Uint8Array => new Uint8Array(BLOCK_BYTES).fill(fill);
const unreadable = (error: unknown): boolean => isAppError(error, 'cell-unreadable');

/** @param make empty cells, closed by the test */
export function testFileCells(name: string, make: () => Promise<FileCells>): void {
  const withCells = (title: string, work: (cells: FileCells) => Promise<void>): void => {
    test(`${name}: ${title}`, async () => {
      const cells = await make();
      try {
        await work(cells);
      } finally {
        await cells.close();
      }
    });
  };

  withCells('what was written is read, in any order and again over it', async (cells) => {
    await cells.write(2, place(1, 0), block(3));
    await cells.write(0, place(1, 1), block(4));
    assert.deepEqual(await cells.read(2, place(1, 0)), block(3));
    assert.deepEqual(await cells.read(0, place(1, 1)), block(4));
    await cells.write(2, place(2, 0), block(5));
    assert.deepEqual(await cells.read(2, place(2, 0)), block(5));
  });

  withCells(
    'another key, file or block, an unused cell, one that is not there: none',
    async (cells) => {
      await cells.write(1, place(1, 2), block(6));
      const wrong = [place(1, 2, 9), place(2, 2), place(1, 3)];
      for (const other of wrong) await assert.rejects(cells.read(1, other), unreadable);
      await assert.rejects(cells.read(0, place(1, 2)), unreadable);
      await assert.rejects(cells.read(7, place(1, 2)), unreadable);
    },
  );

  withCells('what was erased is gone, its neighbours are not', async (cells) => {
    for (const n of [0, 1, 2]) await cells.write(n, place(1, n), block(n));
    await cells.erase([0, 2, 9]);
    await assert.rejects(cells.read(0, place(1, 0)), unreadable);
    await assert.rejects(cells.read(2, place(1, 2)), unreadable);
    assert.deepEqual(await cells.read(1, place(1, 1)), block(1));
  });

  withCells('calls at the same time do not disturb each other', async (cells) => {
    const numbers = Array.from({ length: 12 }, (_, n) => n);
    await Promise.all(numbers.map((n) => cells.write(11 - n, place(3, n), block(n))));
    const read = await Promise.all(numbers.map((n) => cells.read(11 - n, place(3, n))));
    for (const [n, bytes] of read.entries()) assert.deepEqual(bytes, block(n));
  });
}
