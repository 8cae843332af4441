import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultParameters, demonstrationParameters } from '@tacet/directory';
import { tableRows, unquote } from '../docs/markdown.ts';
import { REPOSITORY } from '../lib/tree.ts';

test('docs/spec/parameters.md lists every parameter with its values', () => {
  const page = readFileSync(join(REPOSITORY, 'docs/spec/parameters.md'), 'utf8');
  const rows = tableRows(page).map(({ cells }) => [
    unquote(cells[0] ?? ''),
    cells[1] ?? '',
    cells[2] ?? '',
  ]);
  const expected = Object.entries(defaultParameters).map(([name, usual]) => [
    name,
    String(usual),
    String(demonstrationParameters[name as keyof typeof demonstrationParameters]),
  ]);
  assert.deepEqual(rows.sort(), expected.sort());
});
