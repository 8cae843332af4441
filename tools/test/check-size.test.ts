import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSize, percentile } from '../check-size.ts';
import { formatFinding } from '../lib/report.ts';
import { withTree } from './planted.ts';

const lines = (n: number): string => 'x;\n'.repeat(n);
const findings = (files: Record<string, string>): string[] =>
  withTree(files, (root) => checkSize(root).findings.map(formatFinding));

test('percentiles are nearest ranks', () => {
  assert.equal(percentile([1, 2, 3, 4], 0.5), 2);
  assert.equal(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9), 9);
  assert.equal(percentile([], 0.5), 0);
});

test('small files pass, and the cap itself is allowed', () => {
  assert.deepEqual(
    findings({ 'a/src/1.ts': lines(10), 'a/src/2.ts': lines(10), 'a/test/1.ts': lines(600) }),
    [],
  );
});

test('finds a source and a test above the cap', () => {
  const found = findings({
    ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`a/src/${i}.ts`, lines(9)])),
    'a/src/long.ts': lines(601),
    'a/test/long.ts': lines(601),
  });
  assert.equal(found.length, 2);
  assert.ok(found.every((line) => line.includes('601 lines')));
});

test('finds a high median and a high ninetieth percentile', () => {
  const found = findings({ 'a/src/1.ts': lines(401), 'a/src/2.ts': lines(402) });
  assert.ok(found.some((line) => line.includes('median 401')));
  assert.ok(found.some((line) => line.includes('90th percentile 402')));
});

test('an exception needs a reason, a file, and a need', () => {
  const found = findings({
    ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`a/src/${i}.ts`, lines(9)])),
    'a/src/table.ts': lines(700),
    'a/src/bare.ts': lines(700),
    'a/src/short.ts': lines(7),
    'tools/size-exceptions.txt': [
      '# comment',
      'a/src/table.ts: one table of constants from a standard',
      'a/src/bare.ts: long',
      'a/src/short.ts: was longer once upon a time',
      'a/src/gone.ts: was removed in the meantime',
    ].join('\n'),
  });
  assert.deepEqual(found.map((line) => line.replace('tools/size-exceptions.txt: ', '')).sort(), [
    'a/src/bare.ts: no reason',
    'a/src/gone.ts does not exist',
    'a/src/short.ts no longer needs an exception',
  ]);
});
