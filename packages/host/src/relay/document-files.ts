/** The newest documents on disk, so that a restarted relay works before an authority answers. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { VerifiedDocument } from '@tacet/directory';
import { numberedFiles, numberedFolder, writeDurably } from './files.ts';
import { LIMITS } from './limits.ts';

const SUFFIX = '.document';

export class DocumentFiles {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = numberedFolder(folder);
  }

  /** Published bytes, oldest first; unverified. */
  load(): Uint8Array[] {
    return numberedFiles(this.folder, SUFFIX).map((epoch) => readFileSync(this.path(epoch)));
  }

  save(verified: VerifiedDocument): void {
    writeDurably(this.path(verified.document.epoch), verified.bytes);
    const epochs = numberedFiles(this.folder, SUFFIX);
    for (const epoch of epochs.slice(0, -LIMITS.documents)) rmSync(this.path(epoch));
  }

  private path(epoch: number): string {
    return join(this.folder, `${epoch}${SUFFIX}`);
  }
}
