/**
 * What some tests need of the machine: Chromium. It is looked for, and where allowed installed,
 * before any suite begins, so that no budget pays for it. Without it the tests that drive a browser
 * are left out, and one line says what to do.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scan } from '../lib/scan.ts';
import { REPOSITORY } from '../lib/tree.ts';
import type { Suite } from './suites.ts';

export interface Prepared {
  readonly suites: readonly Suite[];
  /** One line for each thing that is missing. */
  readonly missing: readonly string[];
}

export type Finder = () => { readonly path: string } | { readonly advice: string };

export function prepare(
  suites: readonly Suite[],
  read: (file: string) => string = (file) => readFileSync(join(REPOSITORY, file), 'utf8'),
  find: Finder = findChromium,
): Prepared {
  const browserFiles = new Set(
    suites.flatMap(({ files }) => files).filter((file) => drivesBrowser(read(file))),
  );
  if (browserFiles.size === 0) return { suites, missing: [] };
  const found = find();
  if ('path' in found) {
    process.env['TACET_CHROMIUM'] = found.path;
    return { suites, missing: [] };
  }
  const left = suites
    .map((suite) => ({ ...suite, files: suite.files.filter((file) => !browserFiles.has(file)) }))
    .filter(({ files }) => files.length > 0);
  return { suites: left, missing: [`${browserFiles.size} files left out: ${found.advice}`] };
}

/** A test drives a browser when it imports the helper that starts one. */
function drivesBrowser(source: string): boolean {
  return scan(source).tokens.some(
    ({ kind, text }) => kind === 'string' && /\/(browser|chromium)\.ts$/.test(text),
  );
}

function findChromium(): ReturnType<Finder> {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(REPOSITORY, 'tools', 'chromium.ts')],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  if (status === 0) return { path: stdout.trim() };
  return { advice: /^AppError: (.*)$/m.exec(stderr)?.[1] ?? 'Chromium was not found' };
}
