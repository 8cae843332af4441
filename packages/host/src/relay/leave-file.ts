/** A relay that was told to leave still leaves after a restart: an empty file in its data folder. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from './files.ts';

export class LeaveFile {
  private readonly path: string;

  constructor(data: string) {
    this.path = join(data, 'leaving');
  }

  get leaving(): boolean {
    return existsSync(this.path);
  }

  set(leaving: boolean): void {
    if (leaving) writeDurably(this.path, new Uint8Array(0));
    else rmSync(this.path, { force: true });
  }
}
