import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDeps } from '../check-deps.ts';
import { formatFinding } from '../lib/report.ts';
import { REPOSITORY } from '../lib/tree.ts';
import { withTree } from './planted.ts';

const manifest = (name: string, dependencies: Record<string, string> = {}): string =>
  JSON.stringify({ name: `@tacet/${name}`, exports: { '.': './src/index.ts' }, dependencies });

const BASE = {
  'packages/base/package.json': manifest('base'),
  'packages/base/src/index.ts': 'export const one = 1;',
  'packages/wire/package.json': manifest('wire', { '@tacet/base': '0.1.0', cborg: '6.1.5' }),
  'packages/relay/package.json': manifest('relay', { '@tacet/base': '0.1.0' }),
  'packages/relay/src/index.ts': 'export const two = 2;',
  'packages/client/package.json': manifest('client', { '@tacet/base': '0.1.0' }),
  'packages/adapters/package.json': manifest('adapters', { ws: '8.23.0' }),
  'apps/cli/package.json': manifest('cli', { '@tacet/base': '0.1.0' }),
};

function findings(files: Record<string, string>): string[] {
  return withTree({ ...BASE, ...files }, (root) => checkDeps(root).findings.map(formatFinding));
}

test('this repository is clean', () => {
  assert.deepEqual(checkDeps(REPOSITORY).findings.map(formatFinding), []);
});

test('a tree without faults is clean', () => {
  assert.deepEqual(
    findings({
      'packages/wire/src/a.ts': "import { one } from '@tacet/base'; import 'cborg'; one;",
      'packages/wire/test/a.test.ts': "import 'node:test'; import '@noble/hashes/sha2.js';",
      'packages/client/src/time.ts':
        'export const at = (now: number) => new Date(now); type P = { process: string };',
      'packages/client/src/acceptance/x.ts': "import { test } from 'node:test'; test('x');",
    }),
    [],
  );
});

/** [what is planted, file, source, part of the finding] */
const planted: [string, string, string, string][] = [
  ['import upwards', 'packages/base/src/a.ts', "import '@tacet/wire';", 'not in the row'],
  ['type import upwards', 'packages/base/src/a.ts', "import type { X } from '@tacet/wire';", 'row'],
  ['client to relay', 'packages/client/src/a.ts', "import '@tacet/relay';", 'not in the row'],
  ['relay to client', 'packages/relay/src/a.ts', "export * from '@tacet/client';", 'row'],
  ['window to machine', 'apps/cli/src/a.ts', "await import('@tacet/client');", 'row'],
  ['outside library', 'packages/base/src/a.ts', "import 'cborg';", 'cborg is not in the row'],
  ['sockets', 'packages/relay/src/a.ts', "import 'node:net';", 'node:net is not in the row'],
  ['crypto past its door', 'packages/relay/src/a.ts', "import 'node:crypto';", 'node:crypto'],
  ['undeclared library', 'packages/client/src/a.ts', "import 'cborg';", 'not among the depend'],
  ['leaving the package', 'packages/wire/src/a.ts', "import '../../base/src/index.ts';", 'leaves'],
  ['tests reaching out', 'packages/wire/test/a.ts', "import '../../base/src/index.ts';", 'leaves'],
  ['path behind exports', 'packages/wire/src/a.ts', "import '@tacet/base/src/x';", 'not exported'],
  ['src importing test', 'packages/base/src/a.ts', "import '../test/b.ts';", 'src imports test'],
  ['src importing testkit', 'packages/wire/src/a.ts', "import '@tacet/testkit';", 'testkit'],
  ['itself by name', 'packages/base/src/a.ts', "import '@tacet/base';", 'itself by name'],
  ['computed module', 'packages/wire/src/a.ts', 'await import(name);', 'computed module'],
  [
    'adapters knowing each other',
    'packages/adapters/src/link-ws/a.ts',
    "import '../link-tls/b.ts';",
    'adapter link-ws imports adapter link-tls',
  ],
  [
    'library of another adapter',
    'packages/adapters/src/link-tls/a.ts',
    "import 'ws';",
    'ws is not',
  ],
  ['package without a row', 'packages/extra/src/a.ts', 'export {};', 'no row'],
  ['loose version', 'packages/extra/package.json', manifest('extra', { ws: '^8.0.0' }), 'row'],
];

for (const [what, file, source, part] of planted) {
  test(`finds: ${what}`, () => {
    const found = findings({
      [file]: source,
      'packages/base/test/b.ts': 'export {};',
      'packages/adapters/src/link-tls/b.ts': 'export {};',
      'packages/testkit/package.json': manifest('testkit'),
    });
    assert.equal(found.length, 1, found.join('\n'));
    const [line = ''] = found;
    assert.ok(line.startsWith(file) && line.includes(part), line);
  });
}

const ambient = [
  'Date.now()',
  'new Date()',
  'const d = Date;',
  'Math.random()',
  'performance.now()',
  'setTimeout(f)',
  'setInterval(f)',
  'setImmediate(f)',
  'process.env',
  'console.log(1)',
  "fetch('x')",
  'import.meta.url',
  'globalThis.x',
  "require('x')",
  'crypto.randomUUID()',
  'queueMicrotask(f)',
  'const { random } = Math;',
  'new WebSocket(u)',
  "eval('1')",
  'Temporal.Now.instant()',
  'navigator.hardwareConcurrency',
];

for (const source of ambient) {
  test(`finds ambient state: ${source}`, () => {
    const file = 'packages/relay/src/a.ts';
    assert.ok(findings({ [file]: source }).some((line) => line.includes('ambient state')));
    // The same in a test of that package, or in an adapter, is allowed.
    const elsewhere = findings({ 'packages/relay/test/a.ts': source });
    assert.deepEqual(
      elsewhere.filter((line) => line.includes('ambient state')),
      [],
    );
  });
}

test('finds cycles between files, type imports included, and between packages', () => {
  const found = findings({
    'packages/base/src/a.ts': "import { b } from './b.ts';",
    'packages/base/src/b.ts': "import type { A } from './a.ts';",
    'packages/relay/src/a.ts': "import '@tacet/client';",
    'packages/client/src/a.ts': "import '@tacet/relay';",
  });
  assert.ok(found.some((line) => line.includes('import cycle: packages/base/src/a.ts')));
  assert.ok(found.some((line) => line.includes('packages import each other')));
});

test('finds versions that are not pinned exactly', () => {
  const loose = { 'packages/client/package.json': manifest('client', { cborg: '^6.1.5' }) };
  assert.ok(findings(loose).some((line) => line.includes('not pinned exactly')));
});
