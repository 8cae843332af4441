import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf } from '../lib/imports.ts';
import { scan } from '../lib/scan.ts';

const words = (source: string): string[] =>
  scan(source)
    .tokens.filter((token) => token.kind === 'word')
    .map((token) => token.text);

test('words in comments, strings, templates and regular expressions are not words', () => {
  assert.deepEqual(words('// fetch\n/* fetch */ a("fetch", \'fetch\', `fetch`, /fetch"/g)'), ['a']);
});

test('code inside a template hole is seen, the text behind it is not', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: source text under test
  assert.deepEqual(words('`x ${a({ b: `${c}` })} y ${d} z`; e'), ['a', 'b', 'c', 'd', 'e']);
});

test('division is not a regular expression', () => {
  assert.deepEqual(words("a = b / c; d = (e) / f; 'x' / g"), ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
});

test('an apostrophe in markup text swallows nothing behind its line', () => {
  assert.deepEqual(words("<p>don't</p>\nfetch()"), ['p', 'don', 't', 'p', 'fetch']);
});

test('line numbers count through comments, templates and strings', () => {
  const { tokens } = scan('/*\n\n*/ a\n`\n`\nb');
  assert.deepEqual(
    tokens.filter((token) => token.kind === 'word').map((token) => [token.text, token.line]),
    [
      ['a', 3],
      ['b', 6],
    ],
  );
});

test('every form of import is found, and nothing that only looks like one', () => {
  const source = `
    import a from './1';
    import type { B } from './2';
    import './3';
    export { c } from './4';
    export * from './5';
    export type { D } from './6';
    const e = await import('./7');
    type F = typeof import('./8');
    type G = import('./9').G;
    const h = require('./10');
    import type * as i from './11';
    import j, { k } from "./12";
    // import x from './no'
    const text = "import x from './no'";
    class L { import(tags: Uint8Array): void {} }
    replay.import(tags);
    Array.from('./no');
    const m = await import(computed + './no');
  `;
  assert.deepEqual(
    importsOf(scan(source).tokens).map((site) => site.specifier),
    [...Array.from({ length: 12 }, (_, i) => `./${i + 1}`), null],
  );
});
