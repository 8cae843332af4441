import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Need, prepare } from '../testing/needs.ts';
import { judge, runSuite, type SuiteResult } from '../testing/run-suite.ts';
import { findSuites, type Suite, select } from '../testing/suites.ts';
import { withTreeAsync } from './planted.ts';

test('suites are found by folder and come in order of kind, the longest budgets first', () => {
  const suites = findSuites([
    'e2e/window/lock.test.ts',
    'e2e/restart.test.ts',
    'e2e/rhythm.test.ts',
    'e2e/relay/smoke.test.ts',
    'packages/onion/test/build.test.ts',
    'packages/onion/test/deep/replay.test.ts',
    'packages/onion/src/index.ts',
    'packages/adapters/test/link-ws/a.test.ts',
    'apps/cli/test/a.test.ts',
    'lab/test/a.test.ts',
  ]);
  assert.deepEqual(
    suites.map(({ name, kind, files }) => [name, kind, files.length]),
    [
      ['lab', 'pure', 1],
      ['packages/onion', 'pure', 2],
      ['packages/adapters', 'process', 1],
      ['apps/cli', 'process', 1],
      ['e2e/restart', 'network', 1],
      ['e2e/window', 'network', 1],
      ['e2e/relay', 'network', 1],
      ['e2e/rhythm', 'timing', 1],
    ],
  );
});

test('long tests are run when asked for, and then alone', () => {
  const files = ['lab/test/a.test.ts', 'lab/test/b.long.test.ts', 'e2e/relay/c.long.test.ts'];
  const names = (long: boolean) => findSuites(files, long).flatMap((suite) => suite.files);
  assert.deepEqual(names(false), ['lab/test/a.test.ts']);
  assert.deepEqual(names(true), ['lab/test/b.long.test.ts', 'e2e/relay/c.long.test.ts']);
});

test('a subset is chosen by path, never by the beginning of a name', () => {
  const suites = findSuites(['packages/a/test/x.test.ts', 'packages/ab/test/y.test.ts']);
  const names = (wanted: string[]): string[] => select(suites, wanted).map(({ name }) => name);
  assert.deepEqual(names([]), ['packages/a', 'packages/ab']);
  assert.deepEqual(names(['packages/a']), ['packages/a']);
  assert.deepEqual(names(['./packages/ab/test/y.test.ts']), ['packages/ab']);
  assert.deepEqual(names(['nothing']), []);
  const [whole] = select(findSuites(['e2e/restart.test.ts']), ['e2e/restart']);
  assert.deepEqual(whole?.files, ['e2e/restart.test.ts']);
});

const suite: Suite = { name: 'planted', kind: 'pure', files: [], together: true, budget: 1 };
const counts = {
  ...({ kind: 'counts', passed: 3, failed: 0, cancelled: 0, skipped: 0 } as const),
  cpuSeconds: 0.9,
};
const ending = { code: 0, late: false, budget: 1, output: '' };

test('a suite over its budget fails although its tests pass', () => {
  const late = 'over its budget of 1 s';
  const network: Suite = { ...suite, kind: 'network' };
  assert.equal(judge(network, 0.9, [counts], ending).problem, null);
  assert.equal(judge(network, 1.1, [counts], ending).problem, late);
  // One process pays for its own seconds, not for what ran beside it.
  assert.equal(judge(suite, 1.1, [counts], ending).problem, null);
  assert.equal(judge(suite, 0.9, [{ ...counts, cpuSeconds: 1.1 }], ending).problem, late);
});

test('cancelled tests count as failed', () => {
  assert.equal(judge(suite, 0.1, [{ ...counts, cancelled: 2 }], { ...ending, code: 1 }).failed, 2);
});

async function run(source: string, together: boolean, limit = 20): Promise<SuiteResult> {
  return withTreeAsync({ 'a.test.mjs': `import test from 'node:test';\n${source}` }, (root) =>
    runSuite(
      { ...suite, files: [join(root, 'a.test.mjs')], together, budget: 20 },
      { nodeArguments: [], limit, budget: 20 },
    ),
  );
}

for (const together of [true, false]) {
  const kind = together ? 'together' : 'each by itself';
  test(`${kind}: passing, failing and skipped tests are counted`, async () => {
    const result = await run(
      "test('a', () => {}); test('b', () => { throw new Error('planted'); }); test('c', { skip: 'no browser' }, () => {});",
      together,
    );
    assert.deepEqual([result.passed, result.failed, result.skipped], [1, 1, 1]);
    assert.deepEqual(result.skipReasons, ['no browser']);
    assert.match(result.output, /planted/);
  });

  test(`${kind}: a crash in the middle is a failure`, async () => {
    const result = await run(
      "test('a', () => { process.kill(process.pid, 'SIGKILL'); });",
      together,
    );
    assert.ok(result.problem !== null || result.failed > 0);
  });
}

test('a suite that hangs is ended', async () => {
  const result = await run(
    "test('a', () => new Promise(() => setInterval(() => {}, 9)));",
    true,
    1,
  );
  assert.match(result.problem ?? '', /^ended after/);
});

test('what a suite leaves running is ended with it', async () => {
  await withTreeAsync({ 'x.txt': '' }, async (root) => {
    const pidFile = join(root, 'pid');
    const source = `
      import { spawn } from 'node:child_process';
      import { writeFileSync } from 'node:fs';
      test('a', () => {
        const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
        left.unref();
        writeFileSync(${JSON.stringify(pidFile)}, String(left.pid));
      });`;
    const result = await run(source, true);
    assert.equal(result.problem, null);
    assert.ok(existsSync(pidFile));
    const pid = Number(readFileSync(pidFile, 'utf8'));
    const isGone = (): boolean => {
      try {
        // A zombie still has a number, but no command line.
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === '';
      } catch {
        return true;
      }
    };
    for (let i = 0; i < 50 && !isGone(); i++) await new Promise((done) => setTimeout(done, 20));
    assert.ok(isGone());
  });
});

test('without Chromium only the tests that drive a browser are left out, and that is said', () => {
  const suites = findSuites(['e2e/window/a.test.ts', 'e2e/window/b.test.ts', 'lab/test/a.test.ts']);
  const read = (file: string): string =>
    file.endsWith('b.test.ts') ? "import { page } from './lib/browser.ts';" : '';
  const need = (find: Need['find']): Need[] => [
    { variable: 'TACET_PLANTED', helper: /\/browser\.ts$/, find },
  ];
  const { suites: left, missing } = prepare(
    suites,
    read,
    need(() => ({ advice: 'install it' })),
  );
  assert.deepEqual(
    left.map(({ files }) => files),
    [['lab/test/a.test.ts'], ['e2e/window/a.test.ts']],
  );
  assert.deepEqual(missing, ['1 files left out: install it']);
});

test('a machine is searched for nothing that no test needs', () => {
  const suites = findSuites(['lab/test/a.test.ts']);
  const find = (): never => assert.fail('searched');
  assert.deepEqual(
    prepare(suites, () => '', [{ variable: 'TACET_PLANTED', helper: /\/browser\.ts$/, find }]),
    { suites, missing: [] },
  );
});

test('the tests of the Redis store are known by the cluster they start', () => {
  const file = 'packages/adapters/test/boxes-redis/store.test.ts';
  const suites = findSuites([file]);
  const before = process.env['TACET_REDIS'];
  process.env['TACET_REDIS'] = '/nowhere/redis-server';
  try {
    const { suites: left, missing } = prepare(suites);
    assert.deepEqual(left, []);
    assert.equal(missing.length, 1);
    assert.match(missing[0] ?? '', /TACET_REDIS does not name an executable file/);
  } finally {
    if (before === undefined) delete process.env['TACET_REDIS'];
    else process.env['TACET_REDIS'] = before;
  }
});
