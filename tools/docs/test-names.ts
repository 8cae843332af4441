/**
 * Documents name tests as `` `path/to/file.test.ts: name of the test` ``. This finds such names and
 * says whether the file holds a test so called. Names made by templates match with any filling.
 */
import { scan } from '../lib/scan.ts';

export interface TestReference {
  readonly file: string;
  readonly name: string;
  readonly line: number;
}

export function testReferences(markdown: string): TestReference[] {
  return markdown.split('\n').flatMap((text, i) =>
    [...text.matchAll(/`((?:packages|apps|lab|e2e|tools)\/[\w./-]+\.ts): ([^`]+)`/g)].map(
      (match) => ({
        file: match[1] ?? '',
        name: (match[2] ?? '').replaceAll('\\|', '|'),
        line: i + 1,
      }),
    ),
  );
}

const CALLS = new Set(['test', 'it', 'describe', 'suite', 'skip', 'todo', 'only']);

export interface TestNames {
  readonly exact: ReadonlySet<string>;
  readonly patterns: readonly RegExp[];
}

/** String literals count wherever they stand: suites are often filled from tables of names. */
export function testNamesIn(source: string): TestNames {
  const { tokens } = scan(source);
  const exact = new Set<string>();
  const patterns: RegExp[] = [];
  tokens.forEach((token, i) => {
    if (token.kind === 'string') exact.add(unescaped(token.text));
    const call = tokens[i - 2];
    if (token.kind !== 'template' || tokens[i - 1]?.text !== '(') return;
    if (call?.kind !== 'word' || !CALLS.has(call.text)) return;
    if (token.hole !== true) {
      exact.add(unescaped(token.text));
      return;
    }
    // The chunks of one template follow each other; what stands in the holes is left out.
    let pattern = quote(token.text);
    let depth = 1;
    for (let j = i + 1; j < tokens.length && depth > 0; j++) {
      const part = tokens[j];
      if (part?.kind !== 'template') continue;
      if (part.opens === true) {
        if (part.hole === true) depth++;
        continue;
      }
      if (depth === 1) pattern += `.+${quote(part.text)}`;
      if (part.hole !== true) depth--;
    }
    if (pattern.replace(/\.\+/g, '').length >= 4) patterns.push(new RegExp(`^${pattern}$`, 's'));
  });
  return { exact, patterns };
}

export function hasTest(names: TestNames, name: string): boolean {
  return names.exact.has(name) || names.patterns.some((pattern) => pattern.test(name));
}

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function unescaped(text: string): string {
  return text.replace(/\\(['"`\\])/g, '$1');
}
