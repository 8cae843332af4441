/**
 * Pairs of digests with which another edge contradicts itself (docs/spec/05-boxes.md, 7), kept
 * for the operator: `evidence/<edge>-1.digest` and `-2.digest`, signed octets that anybody can
 * check. What stands in them was told to every client.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hex } from '@tacet/base';
import type { Fork } from '@tacet/relay';
import type { Report } from './core.ts';
import { privateFolder, writeDurably } from './files.ts';

/** A digest begins with its edge's hash. */
const EDGE_BYTES = 32;

export class Evidence {
  private readonly folder: string;
  private readonly report: Report;
  private kept = 0;

  constructor(data: string, report: Report) {
    this.folder = join(data, 'evidence');
    this.report = report;
  }

  /** @param forks all there are; they become more, never fewer */
  keep(forks: readonly Fork[]): void {
    for (const pair of forks.slice(this.kept)) {
      this.kept += 1;
      const name = join(privateFolder(this.folder), hex(pair[0].subarray(0, EDGE_BYTES)));
      if (existsSync(`${name}-2.digest`)) continue;
      for (const [i, bytes] of pair.entries()) writeDurably(`${name}-${i + 1}.digest`, bytes);
      this.report('an edge signed two digests that contradict each other; both are in `evidence`');
    }
  }
}
