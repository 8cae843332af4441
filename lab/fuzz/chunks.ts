/**
 * A long run in pieces: each chunk is what one run printed with `--json`, with a seed of its own.
 * Chunks count together only when what they tested is the same, and committed, and no seed stands in
 * two of them: the same seed gives the same inputs, which would count twice. Of this program itself
 * there may be several versions, since kinds may get other weights; the sum names them all.
 */
import { type RoleFigures, together } from './report.ts';

/** This program, and what it tests. */
export const SOURCES = ['lab/fuzz', 'packages'];
const SOURCE = /^[0-9a-f]+ ([0-9a-f]+)$/;

export interface Chunk<Figures extends Pick<RoleFigures, 'seeds'> = RoleFigures> {
  /** Names of those trees, `+` behind them when the working tree differs; of a sum each, with commas. */
  readonly source: string;
  readonly roles: Readonly<Record<string, Figures>>;
}

/** @throws RangeError for chunks that do not belong together. */
export function checkChunks(chunks: readonly Chunk<Pick<RoleFigures, 'seeds'>>[]): void {
  if (chunks.length < 2) return;
  const seen = new Set<string>();
  let first: string | undefined;
  for (const { source, roles } of chunks) {
    for (const one of source.split(', ')) {
      const [, tested] = SOURCE.exec(one) ?? [];
      first ??= tested;
      if (tested === undefined || tested !== first) {
        throw new RangeError(
          `a chunk of "${source}": all must have tested the same committed sources`,
        );
      }
    }
    for (const [name, { seeds }] of Object.entries(roles)) {
      for (const seed of seeds) {
        if (seen.has(`${name} ${seed}`)) throw new RangeError(`${name}: seed ${seed} twice`);
        seen.add(`${name} ${seed}`);
      }
    }
  }
}

/** Roles with what all chunks say of them. @throws as `checkChunks` */
export function addChunks(chunks: readonly Chunk[]): Record<string, RoleFigures> {
  checkChunks(chunks);
  const all: Record<string, RoleFigures> = {};
  for (const { roles } of chunks) {
    for (const [name, figures] of Object.entries(roles)) {
      const before = all[name];
      all[name] = before === undefined ? figures : together(before, figures);
    }
  }
  return all;
}

/** Of which sources a sum is. */
export function sourcesOf(chunks: readonly Chunk[]): string {
  return [...new Set(chunks.flatMap(({ source }) => source.split(', ')))].sort().join(', ');
}
