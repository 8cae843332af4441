/** `npm run check`: formatter, linter, types and the checks of this folder, one line each. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkDeps } from './check-deps.ts';
import { checkDocs } from './check-docs.ts';
import { checkSize } from './check-size.ts';
import { checkTodos } from './check-todos.ts';
import { type CheckResult, formatFinding } from './lib/report.ts';
import { REPOSITORY } from './lib/tree.ts';

interface Outcome {
  readonly ok: boolean;
  readonly summary: string;
  readonly details: string;
}

/** Runs an installed program with this Node; its output is shown only when it fails. */
function program(script: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(REPOSITORY, 'node_modules', script), ...args], {
      cwd: REPOSITORY,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => {
      resolve({ ok: false, summary: 'cannot start', details: error.message });
    });
    child.on('close', (code) => {
      resolve({ ok: code === 0, summary: '', details: code === 0 ? '' : output });
    });
  });
}

async function own(check: () => CheckResult | Promise<CheckResult>): Promise<Outcome> {
  const { findings, summary } = await check();
  return {
    ok: findings.length === 0,
    summary,
    details: findings.map((finding) => `${formatFinding(finding)}\n`).join(''),
  };
}

const STEPS: readonly (readonly [name: string, run: () => Promise<Outcome>])[] = [
  ['biome', () => program('@biomejs/biome/bin/biome', ['check', '.', '--diagnostic-level=error'])],
  ['tsc', () => program('typescript/bin/tsc', ['-p', '.'])],
  ['check-deps', () => own(() => checkDeps(REPOSITORY))],
  ['check-size', () => own(() => checkSize(REPOSITORY))],
  ['check-docs', () => own(() => checkDocs(REPOSITORY))],
  ['check-todos', () => own(() => checkTodos(REPOSITORY))],
];

const started = performance.now();
const outcomes = await Promise.all(
  STEPS.map(async ([name, run]) => {
    const begin = performance.now();
    const outcome = await run();
    return { name, ...outcome, seconds: (performance.now() - begin) / 1000 };
  }),
);
let failed = 0;
for (const { name, ok, summary, details, seconds } of outcomes) {
  if (!ok) failed++;
  process.stdout.write(details);
  const tail = summary === '' ? '' : `  ${summary}`;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.toFixed(1)} s${tail}`);
}
const total = ((performance.now() - started) / 1000).toFixed(1);
console.log(`${outcomes.length - failed} passed, ${failed} failed (${total} s)`);
process.exitCode = failed === 0 ? 0 : 1;
