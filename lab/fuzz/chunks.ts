/**
 * A long run in pieces: each chunk is what one run printed with `--json`, with a seed of its own.
 * Chunks count together only when they are of the same sources, unchanged ones, and no seed stands
 * in two of them: the same seed gives the same inputs, which would count twice.
 */
import { type RoleFigures, together } from './report.ts';

/** Trees that decide what a run does. */
export const SOURCES = ['lab/fuzz', 'packages'];

export interface Chunk<Figures extends Pick<RoleFigures, 'seeds'> = RoleFigures> {
  /** Names of those trees; `+` behind them when the working tree differs. */
  readonly source: string;
  readonly roles: Readonly<Record<string, Figures>>;
}

/** @throws RangeError for chunks that do not belong together. */
export function checkChunks(chunks: readonly Chunk<Pick<RoleFigures, 'seeds'>>[]): void {
  if (chunks.length < 2) return;
  const seen = new Set<string>();
  for (const { source, roles } of chunks) {
    if (source !== chunks[0]?.source || !/^[0-9a-f ]+$/.test(source)) {
      const all = chunks.map((chunk) => `"${chunk.source}"`).join(', ');
      throw new RangeError(`chunks of ${all}: they must be of the same committed sources`);
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
