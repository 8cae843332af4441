/** Files of a folder and of all below it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Whole; one that goes while one looks holds nothing any more. */
export function readBelow(folder: string): { readonly path: string; readonly bytes: Buffer }[] {
  return filesBelow(folder).flatMap((path) => {
    try {
      return [{ path, bytes: readFileSync(path) }];
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  });
}
