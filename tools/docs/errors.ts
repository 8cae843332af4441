/** Error codes in the sources against the table of docs/errors.md: both ways, kinds included. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMember } from '../lib/imports.ts';
import type { Finding } from '../lib/report.ts';
import { scan, type Token } from '../lib/scan.ts';
import { tableRows, unquote } from './markdown.ts';

export const ERRORS_PAGE = 'docs/errors.md';
/** A change may bring its rows as a fragment; `npm run docs` folds them into the page. */
export const ERROR_FRAGMENTS = 'docs/errors.d';

export interface CodeSite {
  readonly code: string;
  /** Null where the kind is not written beside the code. */
  readonly kind: string | null;
  readonly file: string;
  readonly line: number;
}

/** Literal codes of `new AppError(...)`, and places where the code is computed. */
export function codesIn(file: string, source: string): { sites: CodeSite[]; computed: number[] } {
  const { tokens } = scan(source);
  const sites: CodeSite[] = [];
  const computed: number[] = [];
  tokens.forEach((token, i) => {
    if (token.text !== 'AppError' || tokens[i - 1]?.text !== 'new' || isMember(tokens, i)) return;
    if (tokens[i + 1]?.text !== '(') return;
    const [first, second] = argumentsOf(tokens, i + 1);
    const codes = first?.filter((part) => part.kind === 'string') ?? [];
    if (codes.length === 0) computed.push(token.line);
    // `failure ?? 'internal'`: a code in hand keeps its own kind, so the kind is compared only
    // where one code stands alone.
    const isAlone = first?.length === 1 && second?.length === 1 && second[0]?.kind === 'string';
    const only = isAlone ? (second[0]?.text ?? null) : null;
    for (const code of codes) sites.push({ code: code.text, kind: only, file, line: token.line });
  });
  return { sites, computed };
}

/** Splits the call whose `(` stands at `open` into the tokens of each argument. */
function argumentsOf(tokens: readonly Token[], open: number): Token[][] {
  const split: Token[][] = [[]];
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    const bracket = token.kind === 'punct' ? token.text : '';
    if ('([{'.includes(bracket) && bracket !== '') depth++;
    if (')]}'.includes(bracket) && bracket !== '') depth--;
    if (depth === 0) break;
    if (depth === 1 && bracket === ',') split.push([]);
    else if (i > open) split.at(-1)?.push(token);
  }
  return split;
}

export interface ErrorRow {
  readonly code: string;
  readonly kind: string;
  readonly meaning: string;
  readonly file: string;
  readonly line: number;
}

export function readErrorRows(root: string): ErrorRow[] {
  const folder = join(root, ERROR_FRAGMENTS);
  const fragments = existsSync(folder) ? readdirSync(folder).sort() : [];
  const pages = [ERRORS_PAGE, ...fragments.map((name) => `${ERROR_FRAGMENTS}/${name}`)];
  return pages
    .filter((file) => existsSync(join(root, file)))
    .flatMap((file) =>
      tableRows(readFileSync(join(root, file), 'utf8'))
        .filter(({ cells }) => cells.length === 3 && cells[0] !== 'code')
        .map(({ cells, line }) => ({
          code: unquote(cells[0] ?? ''),
          kind: unquote(cells[1] ?? ''),
          meaning: cells[2] ?? '',
          file,
          line,
        })),
    );
}

/** @param literals every string literal of the sources: codes also travel through helpers. */
export function compareErrors(
  sites: readonly CodeSite[],
  rows: readonly ErrorRow[],
  literals: ReadonlySet<string>,
): Finding[] {
  const findings: Finding[] = [];
  const byCode = new Map<string, ErrorRow>();
  for (const row of rows) {
    const { file, line, code } = row;
    const twin = byCode.get(code);
    if (twin && (twin.kind !== row.kind || twin.file === file)) {
      findings.push({ file, line, message: `${code} is listed twice` });
    }
    byCode.set(code, row);
    if (!literals.has(code)) findings.push({ file, line, message: `${code} is not in any source` });
  }
  for (const { code, kind, file, line } of sites) {
    const row = byCode.get(code);
    if (row === undefined) {
      findings.push({ file, line, message: `error code ${code} is not in ${ERRORS_PAGE}` });
    } else if (kind !== null && kind !== row.kind) {
      findings.push({ file, line, message: `${code} is ${kind} here, ${row.kind} in the table` });
    }
  }
  return findings;
}
