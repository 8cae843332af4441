/**
 * Holds the documents to the tree: links and named files exist, error codes and limits match the
 * sources, named tests exist, no path or registry of one machine. Needs `npm run docs` after a
 * change of limits or a new fragment of docs/errors.d.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASES_PAGE, checkCases } from './docs/cases.ts';
import { codesIn, compareErrors, ERRORS_PAGE, readErrorRows } from './docs/errors.ts';
import { checkNumbers, INDEXED, renderIndex } from './docs/indexes.ts';
import { LIMITS_PAGE, renderLimits } from './docs/limits.ts';
import { checkLinks, checkNamedFiles, checkPlaces } from './docs/links.ts';
import { NOTICE_PAGE, renderNotice } from './docs/notice.ts';
import type { Read } from './docs/pages.ts';
import { hasTest, type TestNames, testNamesIn, testReferences } from './docs/test-names.ts';
import { type CheckResult, type Finding, report } from './lib/report.ts';
import { scan } from './lib/scan.ts';
import { isCode, listFiles, REPOSITORY } from './lib/tree.ts';

/** Files whose subject is bad paths, hosts and links. */
const ABOUT_PLACES = /^tools\/(docs|test)\//;
const BINARY = /\.(png|jpg|jpeg|webp|gif|ico|woff2?|wasm|bin|node|db|sqlite)$/;

export async function checkDocs(root: string): Promise<CheckResult> {
  const files = listFiles(root);
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const findings: Finding[] = [];
  const pages = files.filter((file) => file.endsWith('.md'));

  for (const file of pages) {
    const markdown = read(file);
    findings.push(...checkLinks(root, file, markdown), ...checkNamedFiles(root, file, markdown));
  }
  for (const file of files.filter((name) => !BINARY.test(name) && !ABOUT_PLACES.test(name))) {
    findings.push(...checkPlaces(file, read(file)));
  }
  findings.push(...checkErrors(root, files, read));
  findings.push(...(await checkLimits(root, files, read)));
  findings.push(...checkNotice(root, read));
  for (const folder of INDEXED) {
    const file = `${folder}/README.md`;
    if (!existsSync(join(root, file)) || renderIndex(folder, files, read) === read(file)) continue;
    findings.push({ file, message: 'does not list the pages beside it: run `npm run docs`' });
  }
  for (const folder of INDEXED) findings.push(...checkNumbers(folder, files));
  const references = checkReferences(root, pages, read, findings);

  let cases = 'no cases';
  if (existsSync(join(root, CASES_PAGE))) {
    const result = checkCases(read(CASES_PAGE));
    findings.push(...result.findings);
    cases = Object.entries(result.counts)
      .map(([state, n]) => `${n} ${state}`)
      .join(', ');
    const short = [...result.sections].map(
      ([letter, counts]) => `${letter} ${Object.values(counts).join('/')}`,
    );
    cases += ` (${short.join(', ')})`;
  }
  return {
    findings,
    summary: `${pages.length} pages, ${references} named tests; cases: ${cases}`,
  };
}

function isTest(file: string): boolean {
  return /(^|\/)test\//.test(file);
}

function checkErrors(root: string, files: readonly string[], read: Read): Finding[] {
  if (!existsSync(join(root, ERRORS_PAGE))) return [];
  const isSource = /^((packages|apps)\/.*\/src|tools|e2e|lab)\//;
  const sources = files.filter((file) => isCode(file) && isSource.test(file) && !isTest(file));
  const literals = new Set<string>();
  const sites = sources.flatMap((file) => {
    const source = read(file);
    for (const token of scan(source).tokens) if (token.kind === 'string') literals.add(token.text);
    return /^(packages\/testkit|e2e|lab)\//.test(file) ? [] : codesIn(file, source).sites;
  });
  return compareErrors(sites, readErrorRows(root), literals);
}

async function checkLimits(root: string, files: readonly string[], read: Read) {
  if (!existsSync(join(root, LIMITS_PAGE))) return [];
  const expected = await renderLimits(root, limitFiles(files), read);
  const message = 'is not what the sources say: run `npm run docs`';
  return expected === read(LIMITS_PAGE) ? [] : [{ file: LIMITS_PAGE, message }];
}

function checkNotice(root: string, read: Read): Finding[] {
  if (!existsSync(join(root, 'package-lock.json'))) return [];
  const expected = renderNotice(read('package-lock.json'));
  const isTrue = existsSync(join(root, NOTICE_PAGE)) && read(NOTICE_PAGE) === expected;
  return isTrue
    ? []
    : [{ file: NOTICE_PAGE, message: 'is not what the lock file says: run `npm run docs`' }];
}

export function limitFiles(files: readonly string[]): string[] {
  return files.filter((file) => /^(packages|apps)\/.*\/src\/(.*\/)?limits\.ts$/.test(file));
}

function checkReferences(root: string, pages: readonly string[], read: Read, findings: Finding[]) {
  const names = new Map<string, TestNames>();
  let count = 0;
  for (const page of pages) {
    for (const reference of testReferences(read(page))) {
      count++;
      const { file, name, line } = reference;
      if (!existsSync(join(root, file))) continue; // found as a named file already
      const known = names.get(file) ?? testNamesIn(read(file));
      names.set(file, known);
      if (!hasTest(known, name)) {
        findings.push({ file: page, line, message: `no such test: ${file}: ${name}` });
      }
    }
  }
  return count;
}

if (import.meta.main) report('check-docs', await checkDocs(REPOSITORY));
