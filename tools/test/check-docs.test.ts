import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDocs } from '../check-docs.ts';
import { checkCases } from '../docs/cases.ts';
import { limitsOf } from '../docs/limits.ts';
import { checkPlaces } from '../docs/links.ts';
import { hasTest, testNamesIn } from '../docs/test-names.ts';
import { formatFinding } from '../lib/report.ts';
import { withTreeAsync } from './planted.ts';

const ERRORS = [
  '| code | kind | meaning |',
  '| --- | --- | --- |',
  '| `known` | input | a known one |',
  '',
].join('\n');

const BASE = {
  'docs/errors.md': ERRORS,
  'packages/base/src/a.ts': "throw new AppError('known', 'input', 'text');",
  'packages/base/test/a.test.ts': "test('a name', () => {});",
};

async function findings(files: Record<string, string>): Promise<string[]> {
  return withTreeAsync({ ...BASE, ...files }, async (root) =>
    (await checkDocs(root)).findings.map(formatFinding),
  );
}

test('a page whose links, files and tests exist is clean', async () => {
  const page = [
    '# Life of one message',
    '[errors](docs/errors.md) [here](#life-of-one-message) [web](https://example.org/x)',
    '`packages/base/src/a.ts` and `packages/base/test/a.test.ts: a name`',
    '```',
    '[not a link](nowhere.md)',
    '```',
  ].join('\n');
  assert.deepEqual(await findings({ 'README.md': page }), []);
});

/** [what is planted, page, part of the finding] */
const planted: [string, string, string][] = [
  ['a dead link', '[x](nowhere.md)', 'dead link: nowhere.md'],
  ['a dead heading', '[x](docs/errors.md#nothing)', 'no heading'],
  ['a link out of the tree', '[x](../other/README.md)', 'leaves the repository'],
  ['an absolute link', '[x](/docs/errors.md)', 'leaves the repository'],
  ['a named file that is gone', 'see `packages/base/src/gone.ts`', 'no such file'],
  ['a test that is gone', '`packages/base/test/a.test.ts: another name`', 'no such test'],
  ['a path of one machine', 'run /home/someone/tacet/x', 'path of one machine'],
  ['another registry', 'https://npm.example.org/', 'registry host'],
];
for (const [what, page, part] of planted) {
  test(`finds ${what}`, async () => {
    const found = await findings({ 'README.md': page });
    assert.equal(found.length, 1, found.join('\n'));
    const [line = ''] = found;
    assert.ok(line.startsWith('README.md:1: ') && line.includes(part), line);
  });
}

test('finds error codes without a row, rows without a code, and other kinds', async () => {
  const found = await findings({
    'packages/base/src/b.ts': [
      "new AppError(late ? 'known' : 'new-one', 'state', 'text');",
      "new AppError('known', 'state', 'text');",
    ].join('\n'),
    'docs/errors.d/x.md': '| `gone` | input | no longer thrown |\n',
  });
  assert.equal(found.length, 3, found.join('\n'));
  assert.ok(found.some((line) => line.includes('known is state here, input in the table')));
  assert.ok(found.some((line) => line.includes('error code new-one is not in docs/errors.md')));
  assert.ok(found.some((line) => line.includes('gone is not in any source')));
});

test('finds a limits page that is not what the sources say', async () => {
  const files = { 'packages/base/src/limits.ts': '/** Bytes. */\nexport const MAX = 5;\n' };
  assert.ok((await findings({ ...files, 'docs/limits.md': '' }))[0]?.includes('npm run docs'));
});

test('limits are read with their comments, in objects too', () => {
  const source = [
    '/** Page head. */',
    '',
    '/** Bytes of one',
    ' * frame. */',
    'export const FRAME = 12_288;',
    'export const TWICE = 2 * FRAME;',
    '',
    'export const LIMITS = {',
    '  /** Links at a time. */',
    '  links: 4,',
    '  waits: 50_000, // standing reads',
    '} as const;',
    'export interface Waits {',
    '  /** Replies of one. */',
    '  readonly one: number;',
    '}',
    'export const WAITS: Waits = { one: 1 };',
  ].join('\n');
  const values = {
    FRAME: 12_288,
    TWICE: 24_576,
    LIMITS: { links: 4, waits: 50_000 },
    WAITS: { one: 1 },
  };
  assert.deepEqual(limitsOf(source, values), [
    { name: 'FRAME', value: '12,288', about: 'Bytes of one frame.' },
    { name: 'TWICE', value: '24,576', about: 'with the row above' },
    { name: 'LIMITS.links', value: '4', about: 'Links at a time.' },
    { name: 'LIMITS.waits', value: '50,000', about: 'standing reads' },
    { name: 'WAITS.one', value: '1', about: 'Replies of one.' },
  ]);
});

test('tests are found by literal and by template', () => {
  const names = testNamesIn(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text under test
    'test("it\\\'s one", f); for (const n of [1]) test(`case ${n}: ${g(`${n}`)} holds`, f);',
  );
  assert.ok(hasTest(names, "it's one"));
  assert.ok(hasTest(names, 'case 7: replay holds'));
  assert.ok(!hasTest(names, 'case 7: replay'));
  assert.ok(!hasTest(names, 'other'));
});

test('cases need a state and its evidence', () => {
  const page = [
    '| id | case | state | evidence |',
    '| --- | --- | --- | --- |',
    '| A1 | ok | covered | `packages/base/test/a.test.ts: a name` |',
    '| A2 | ok | not yet | needs groups |',
    '| A3 | bad | covered | surely |',
    '| A4 | bad | partly | `packages/base/test/a.test.ts: a name` |',
    '| A5 | bad | cannot apply |  |',
    '| A6 | bad | done | x |',
    '| A1 | twice | not yet | needs groups |',
    '| B1 | another section | not yet | needs groups |',
  ].join('\n');
  const { findings: found, counts, sections } = checkCases(page);
  assert.deepEqual(
    found.map((finding) => finding.message),
    [
      'A3: names no test',
      'A4: does not say what is missing',
      'A5: gives no reason',
      'A6: unknown state "done"',
      'A1: listed twice',
    ],
  );
  assert.deepEqual(counts, { covered: 2, partly: 1, 'not yet': 3, 'cannot apply': 1 });
  const only = { covered: 0, partly: 0, 'not yet': 1, 'cannot apply': 0 };
  assert.deepEqual([...sections.keys()], ['A', 'B']);
  assert.deepEqual(sections.get('B'), only);
});

test('a lock file that names another registry is found', () => {
  const line = '"resolved": "https://mirror.example.org/a.tgz",';
  assert.equal(checkPlaces('package-lock.json', line).length, 1);
  assert.equal(checkPlaces('package-lock.json', '"resolved": "apps/cli",').length, 0);
});

test('finds two pages of one number', async () => {
  const [found, ...more] = await findings({
    'docs/decisions/0001-one.md': '# 0001 One',
    'docs/decisions/0001-two.md': '# 0001 Two',
    'docs/decisions/0002-three.md': '# 0002 Three',
  });
  assert.match(found ?? '', /^docs\/decisions\/0001-two\.md: .*0001 is the number of/);
  assert.deepEqual(more, []);
});
