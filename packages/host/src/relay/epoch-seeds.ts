/**
 * Packet key seeds on disk, one file an epoch: durable before their public keys are published,
 * wiped when their epoch's grace is over (docs/spec/04-mixing.md, 3). Never backed up.
 */
import { join } from 'node:path';
import type { EpochSeed } from '@tacet/relay';
import { numberedFiles, privateFolder, readSecret, wipeFile, writeDurably } from './files.ts';

const SUFFIX = '.seed';

export class EpochSeeds {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = privateFolder(folder);
  }

  load(): EpochSeed[] {
    return numberedFiles(this.folder, SUFFIX).flatMap((epoch) => {
      const seed = readSecret(this.path(epoch));
      return seed === null ? [] : [{ epoch, seed }];
    });
  }

  /** On the disk when it returns. */
  save(seeds: readonly EpochSeed[]): void {
    for (const { epoch, seed } of seeds) writeDurably(this.path(epoch), seed);
  }

  wipe(epochs: readonly number[]): void {
    for (const epoch of epochs) wipeFile(this.path(epoch));
  }

  private path(epoch: number): string {
    return join(this.folder, `${epoch}${SUFFIX}`);
  }
}
