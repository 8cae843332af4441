/**
 * The files of the repository as the checks see them: sorted paths relative to the root, with `/`.
 * Skips what is installed or built. Needs no git, so that a release archive can be checked too.
 */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.cache', '.tacet']);

/** Every file below `root`, e.g. `packages/base/src/index.ts`. */
export function listFiles(root: string): string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (SKIPPED.has(entry.name)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) found.push(path);
    }
  };
  walk('');
  return found.sort();
}

const CODE = /\.(ts|tsx|mts|mjs|js)$/;

/** TypeScript and JavaScript, declarations (`.d.ts`) included. */
export function isCode(path: string): boolean {
  return CODE.test(path);
}
