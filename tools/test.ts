/**
 * `npm test`: every suite, with its time and budget. `npm test -- packages/onion` runs a suite, or
 * what lies below a path; `--test-...` options go to node; `--list` shows the suites; `--long` takes the long
 * tests instead, with ten times the budgets.
 * The last line is `N passed, N failed`; a suite that crashes or exceeds its budget is one failure.
 */
import { listFiles, REPOSITORY } from './lib/tree.ts';
import { prepare } from './testing/needs.ts';
import { endAll, type RunOptions, runSuite, type SuiteResult } from './testing/run-suite.ts';
import {
  BESIDE,
  findSuites,
  type Lane,
  ROWS,
  type Suite,
  select,
  TOTAL_BUDGET,
} from './testing/suites.ts';

/** What long tests may take more than others. */
const LONG = 10;

/** Slower machines stretch every budget: `TACET_TEST_SLOW=2 npm test`. */
const slow =
  Number(process.env['TACET_TEST_SLOW'] ?? '1') * (process.argv.includes('--long') ? LONG : 1);
const options = process.argv.slice(2);
const nodeArguments = options.filter((option) => option.startsWith('--test-'));
const wanted = options.filter((option) => !option.startsWith('--'));
const unknown = options.find(
  (option) =>
    option.startsWith('--') &&
    !['--list', '--long'].includes(option) &&
    !option.startsWith('--test-'),
);
const long = options.includes('--long');

const all = findSuites(listFiles(REPOSITORY), long);
const suites = select(all, wanted);
const missed = wanted.filter((one) => select(all, [one]).length === 0);

if (unknown !== undefined || !(slow > 0)) {
  console.error(unknown ? `unknown option: ${unknown}` : 'TACET_TEST_SLOW is not a number');
  process.exitCode = 2;
} else if (options.includes('--list')) {
  for (const suite of suites) {
    console.log(`${suite.kind.padEnd(8)} ${suite.name.padEnd(20)} ${suite.files.length} files`);
  }
} else if (missed.length > 0) {
  console.error(`no tests below ${missed.join(', ')}; \`npm test -- --list\` shows the suites`);
  process.exitCode = 2;
} else {
  process.on('SIGINT', () => {
    endAll();
    process.exit(130);
  });
  process.on('SIGTERM', () => {
    endAll();
    process.exit(143);
  });
  await runAll();
}

async function runAll(): Promise<void> {
  const prepared = prepare(suites);
  const started = performance.now();
  const results: SuiteResult[] = [];
  const queue = [...prepared.suites];
  const work = async ({ kinds, beside }: Lane): Promise<void> => {
    for (let suite = next(queue, kinds); suite; suite = next(queue, kinds)) {
      const result = await runSuite(suite, { ...limitsFor(suite), beside });
      results.push(result);
      print(result);
    }
  };
  const beside = work(BESIDE);
  for (const lanes of ROWS) await Promise.all(lanes.map(work));
  await beside;
  close(results, (performance.now() - started) / 1000, prepared.missing);
}

/** Takes out the first suite of the first kind that is left. */
function next(queue: Suite[], kinds: Lane['kinds']): Suite | undefined {
  for (const kind of kinds) {
    const at = queue.findIndex((suite) => suite.kind === kind);
    if (at >= 0) return queue.splice(at, 1)[0];
  }
  return undefined;
}

function limitsFor(suite: Suite): RunOptions {
  const isWhole = all.some(
    ({ name, files }) => name === suite.name && files.length === suite.files.length,
  );
  const budget = isWhole && nodeArguments.length === 0 ? suite.budget * slow : Infinity;
  // Beside others a suite may have to wait for its core.
  const limit = suite.kind === 'pure' ? TOTAL_BUDGET : 3 * suite.budget;
  return { nodeArguments, budget, limit: limit * slow };
}

function print({ suite, seconds, passed, failed, skipped, problem, output }: SuiteResult): void {
  const ok = failed === 0 && problem === null;
  const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  const time = `${seconds.toFixed(1)} s of ${suite.budget * (long ? LONG : 1)}`;
  const tail = problem === null ? '' : `  ${problem}`;
  console.log(
    `${ok ? 'ok    ' : 'FAILED'} ${suite.name.padEnd(20)} ${time.padStart(14)}  ${counts}${tail}`,
  );
  if (failed > 0 || (problem !== null && !problem.startsWith('over'))) console.log(output);
}

function close(results: readonly SuiteResult[], seconds: number, missing: readonly string[]): void {
  const sum = (count: (result: SuiteResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  const late = wanted.length === 0 && seconds > TOTAL_BUDGET * slow;
  const problems = sum(({ problem }) => (problem === null ? 0 : 1)) + (late ? 1 : 0);
  const failed = sum((result) => result.failed) + problems;
  for (const { suite, skipReasons } of results) {
    for (const reason of skipReasons) console.log(`skipped in ${suite.name}: ${reason}`);
  }
  for (const line of missing) console.log(`NOT RUN: ${line}`);
  if (late) console.log(`everything together took more than ${TOTAL_BUDGET} s`);
  console.log(`${results.length} suites in ${seconds.toFixed(1)} s`);
  console.log(`${sum((result) => result.passed)} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
