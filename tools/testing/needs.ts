/**
 * What some tests need of the machine: Chromium, redis-server, microsocks. Each is looked for, and where allowed
 * installed, before any suite begins, so that no budget pays for it. Without it the tests that
 * drive it are left out, and one line says what to do.
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

export type Found = { readonly path: string } | { readonly advice: string };

export interface Need {
  readonly variable: string;
  /** A test needs the program when it imports a helper by this name. */
  readonly helper: RegExp;
  readonly find: () => Found;
}

const NEEDS: readonly Need[] = [
  {
    variable: 'TACET_CHROMIUM',
    helper: /\/(browser|chromium)\.ts$/,
    find: () => findBy('chromium.ts'),
  },
  { variable: 'TACET_REDIS', helper: /\/redis-cluster$/, find: () => findBy('redis.ts') },
  { variable: 'TACET_MICROSOCKS', helper: /\/microsocks\.ts$/, find: () => findBy('socks.ts') },
];

export function prepare(
  suites: readonly Suite[],
  read: (file: string) => string = (file) => readFileSync(join(REPOSITORY, file), 'utf8'),
  needs: readonly Need[] = NEEDS,
): Prepared {
  const left = new Set<string>();
  const missing: string[] = [];
  const files = suites.flatMap((suite) => suite.files);
  const imports = new Map(files.map((file) => [file, stringsOf(read(file))]));
  for (const { variable, helper, find } of needs) {
    const driving = files.filter((file) => imports.get(file)?.some((text) => helper.test(text)));
    if (driving.length === 0) continue;
    const found = find();
    if ('path' in found) {
      process.env[variable] = found.path;
      continue;
    }
    for (const file of driving) left.add(file);
    missing.push(`${driving.length} files left out: ${found.advice}`);
  }
  const kept = suites
    .map((suite) => ({ ...suite, files: suite.files.filter((file) => !left.has(file)) }))
    .filter((suite) => suite.files.length > 0);
  return { suites: kept, missing };
}

function stringsOf(source: string): string[] {
  return scan(source)
    .tokens.filter(({ kind }) => kind === 'string')
    .map(({ text }) => text);
}

function findBy(tool: string): Found {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(REPOSITORY, 'tools', tool)],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  if (status === 0) return { path: stdout.trim() };
  return { advice: /^AppError: (.*)$/m.exec(stderr)?.[1] ?? `tools/${tool} found nothing` };
}
