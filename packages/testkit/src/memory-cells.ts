/** Cells of files in memory, sealed like those on disk; a disk that fails when told to. */
import { AppError, ByteWriter } from '@tacet/base';
import type { CellPlace, FileCells } from '@tacet/client';
import { openBox, sealBox, systemRng } from '@tacet/crypto';

export class MemoryCells implements FileCells {
  private readonly cells = new Map<number, Uint8Array>();
  private readonly nonces = new Map<number, Uint8Array>();
  /** Thrown by the next calls. */
  failure: AppError | null = null;

  /** Cells that hold something. */
  get used(): number {
    return this.cells.size;
  }

  async read(cell: number, place: CellPlace): Promise<Uint8Array> {
    this.check();
    const [sealed, nonce] = [this.cells.get(cell), this.nonces.get(cell)];
    const opened =
      sealed === undefined || nonce === undefined
        ? null
        : openBox(place.key, nonce, sealed, bound(place));
    if (opened !== null) return opened;
    throw new AppError('cell-unreadable', 'storage', 'a part of a kept file is damaged');
  }

  async write(cell: number, place: CellPlace, bytes: Uint8Array): Promise<void> {
    this.check();
    const nonce = systemRng.fill(new Uint8Array(24));
    this.nonces.set(cell, nonce);
    this.cells.set(cell, sealBox(place.key, nonce, bytes, bound(place)));
  }

  async erase(cells: readonly number[]): Promise<void> {
    this.check();
    for (const cell of cells) this.cells.delete(cell);
  }

  async close(): Promise<void> {}

  private check(): void {
    if (this.failure !== null) throw this.failure;
  }
}

function bound({ file, block }: CellPlace): Uint8Array {
  return new ByteWriter(12).u64(file).u32(block).bytes;
}
