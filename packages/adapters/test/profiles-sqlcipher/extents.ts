/** Where the blocks of files lie, as the file system says by `filefrag` (e2fsprogs; FIEMAP). */
import { spawnSync } from 'node:child_process';

/** Blocks in a row: from which of the file, from which of the disk, how many. */
export interface Extent {
  readonly at: number;
  readonly place: number;
  readonly blocks: number;
}

/**
 * Of each file, in its order; null where there is no `filefrag`, or the file system does not say. What still waits in
 * memory is written first.
 */
export function extentsOf(paths: readonly string[]): readonly (readonly Extent[])[] | null {
  const said = spawnSync('filefrag', ['-s', '-v', '-b4096', ...paths], { encoding: 'utf8' });
  if (said.error !== undefined || said.status !== 0) return null;
  const files: Extent[][] = [];
  let extents: Extent[] = [];
  for (const line of said.stdout.split('\n')) {
    const row = /^\s*\d+:\s*(\d+)\.\.\s*\d+:\s*(\d+)\.\.\s*\d+:\s*(\d+):/.exec(line);
    if (row !== null) {
      const [, at, place, blocks] = row.map(Number);
      extents.push({ at: at ?? 0, place: place ?? 0, blocks: blocks ?? 0 });
    } else if (/: \d+ extents? found$/.test(line)) {
      files.push(joined(extents));
      extents = [];
    }
  }
  return files.length === paths.length ? files : null;
}

/** Rows that go on in the next one are one: the file system may keep them apart or not. */
function joined(extents: readonly Extent[]): Extent[] {
  const all: Extent[] = [];
  for (const one of extents) {
    const last = all.at(-1);
    const goesOn =
      last !== undefined &&
      one.at === last.at + last.blocks &&
      one.place === last.place + last.blocks;
    if (goesOn) all.splice(-1, 1, { ...last, blocks: last.blocks + one.blocks });
    else all.push(one);
  }
  return all;
}

/** The block of the disk for each block of a file. */
export function placesOf(extents: readonly Extent[]): number[] {
  return extents.flatMap(({ place, blocks }) =>
    Array.from({ length: blocks }, (_, n) => place + n),
  );
}
