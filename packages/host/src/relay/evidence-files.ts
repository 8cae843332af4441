/**
 * Pairs of signed statements that exclude each other (docs/spec/06-directory.md, 11), kept for
 * the operator: `<n>.votes`, `<n>.signatures` or `<n>.documents`, each length u32 | bytes, twice.
 * The first ones stay when there are too many.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { concat, u32 } from '@tacet/base';
import { privateFolder, writeDurably } from './files.ts';
import { LIMITS } from './limits.ts';

const NAME = /^(\d{1,4})\.(votes|signatures|documents)$/;

export class EvidenceFiles {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = privateFolder(folder);
  }

  /** How many pairs are kept. */
  count(): number {
    return this.numbers().length;
  }

  /** False when there is no room for more. */
  keep(what: 'votes' | 'signatures' | 'documents', first: Uint8Array, second: Uint8Array): boolean {
    const numbers = this.numbers();
    if (numbers.length >= LIMITS.evidence) return false;
    const bytes = concat(u32(first.length), first, u32(second.length), second);
    writeDurably(join(this.folder, `${Math.max(0, ...numbers) + 1}.${what}`), bytes);
    return true;
  }

  private numbers(): number[] {
    return readdirSync(this.folder).flatMap((name) => {
      const number = NAME.exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    });
  }
}
