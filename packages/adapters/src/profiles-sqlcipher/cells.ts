/**
 * Cells in one file of a profile's slot. A cell is written in its place and synced before it counts;
 * the caller notes it after that, so a torn one is a cell nobody has heard of. Calls may overlap:
 * writes take turns, because two of them could make the file grow.
 */

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, type Rng, randomBytes } from '@tacet/base';
import type { CellPlace, FileCells } from '@tacet/client';
import { CELL_BYTES, openCell, sealCell } from './cell-form.ts';
import { storageFailed } from './errors.ts';
import { syncFolder } from './files.ts';
import { lengthen } from './sizes.ts';

/**
 * Made when there is none. Throws `disk-full` and `profile-storage-failed`.
 * @param level makes the file, and those of other slots, long enough for so many cells; not given: it alone
 */
export async function openFileCells(
  path: string,
  rng: Rng,
  level: (cells: number) => Promise<void> = (cells) => alone(path, cells, rng),
): Promise<FileCells> {
  const handle = await ours(async () => {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    syncFolder(dirname(path));
    return file;
  });
  return new Cells(handle, rng, level);
}

class Cells implements FileCells {
  private readonly handle: FileHandle;
  private readonly rng: Rng;
  private readonly level: (cells: number) => Promise<void>;
  private last: Promise<unknown> = Promise.resolve();

  constructor(handle: FileHandle, rng: Rng, level: (cells: number) => Promise<void>) {
    this.handle = handle;
    this.rng = rng;
    this.level = level;
  }

  async read(cell: number, place: CellPlace): Promise<Uint8Array> {
    const bytes = new Uint8Array(CELL_BYTES);
    const { bytesRead } = await ours(() => this.handle.read(bytes, 0, CELL_BYTES, at(cell)));
    const opened = openCell(place, bytes.subarray(0, bytesRead));
    if (opened !== null) return opened;
    throw new AppError('cell-unreadable', 'storage', 'a part of a kept file is damaged');
  }

  write(cell: number, place: CellPlace, bytes: Uint8Array): Promise<void> {
    const sealed = sealCell(place, bytes, this.rng);
    return this.inTurn(async () => {
      if (cell >= (await this.count())) await this.level(cell + 1);
      await this.put(cell, sealed);
      await this.handle.datasync();
    });
  }

  erase(cells: readonly number[]): Promise<void> {
    return this.inTurn(async () => {
      for (const cell of cells) {
        if (cell < (await this.count())) await this.put(cell, randomBytes(this.rng, CELL_BYTES));
      }
      await this.handle.datasync();
    });
  }

  async close(): Promise<void> {
    await this.last;
    await this.handle.close();
  }

  private async count(): Promise<number> {
    return Math.floor((await this.handle.stat()).size / CELL_BYTES);
  }

  private async put(cell: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const left = bytes.length - done;
      const { bytesWritten } = await this.handle.write(bytes, done, left, at(cell) + done);
      done += bytesWritten;
    }
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.last.then(() => ours(work));
    // One that failed has told its caller; the next begins all the same.
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

/** Random cells where there were none; a torn last one gets random bytes as well. */
async function alone(path: string, cells: number, rng: Rng): Promise<void> {
  for (const piece of lengthen(path, cells * CELL_BYTES, rng, () => {})) await piece();
}

function at(cell: number): number {
  if (Number.isSafeInteger(cell) && cell >= 0) return cell * CELL_BYTES;
  throw new AppError('cell-number', 'bug', 'cells are counted from 0');
}

/** What the system says, under our names. */
async function ours<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof AppError ? error : storageFailed(error);
  }
}
