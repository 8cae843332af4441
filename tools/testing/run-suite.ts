/**
 * Runs one suite under node:test in a process group of its own and reads what its reporter wrote.
 * When the suite ends, everything it started ends with it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { REPOSITORY } from '../lib/tree.ts';
import type { ReportLine } from './reporter.ts';
import type { Suite } from './suites.ts';

export interface SuiteResult {
  readonly suite: Suite;
  /** Of a core where the suite is one process, else by the clock. */
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly skipReasons: readonly string[];
  /** Why the suite as a whole failed, beside its tests; null when it did not. */
  readonly problem: string | null;
  /** What to show when something failed. */
  readonly output: string;
}

export interface RunOptions {
  /** Handed on to node, e.g. `--test-name-pattern=replay`. */
  readonly nodeArguments: readonly string[];
  /** Seconds after which the suite is ended. */
  readonly limit: number;
  /** The budget counts only when the whole suite runs. */
  readonly budget: number;
  /** Takes only what other suites leave of this machine. */
  readonly beside?: boolean;
}

const running = new Set<number>();

/** Ends every suite that is running now, with all it started. */
export function endAll(): void {
  for (const pid of running) endGroup(pid);
}

export async function runSuite(suite: Suite, options: RunOptions): Promise<SuiteResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-test-'));
  try {
    const lines = join(folder, 'lines');
    const spec = join(folder, 'spec');
    const reporter = pathToFileURL(join(import.meta.dirname, 'reporter.ts')).href;
    const started = performance.now();
    const { code, output, late } = await start(
      [
        '--test',
        suite.together
          ? '--test-isolation=none'
          : `--test-concurrency=${suite.kind === 'process' ? 2 : 1}`,
        `--test-reporter=${reporter}`,
        `--test-reporter-destination=${lines}`,
        '--test-reporter=spec',
        `--test-reporter-destination=${spec}`,
        ...options.nodeArguments,
        ...suite.files,
      ],
      options,
    );
    const seconds = (performance.now() - started) / 1000;
    return judge(suite, seconds, readLines(lines), {
      code,
      late,
      budget: options.budget,
      output: `${failuresOf(readText(spec))}${tail(output)}`,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Ending {
  readonly code: number | null;
  readonly late: boolean;
  readonly budget: number;
  readonly output: string;
}

/**
 * @param clock seconds from start to end
 * @param lines what the reporter wrote; without counts the run did not come to its end.
 */
export function judge(
  suite: Suite,
  clock: number,
  lines: readonly ReportLine[],
  ending: Ending,
): SuiteResult {
  const counts = lines.findLast((line) => line.kind === 'counts');
  const failed = (counts?.failed ?? 0) + (counts?.cancelled ?? 0);
  // Whatever runs beside it, a core's seconds are the same.
  const seconds = suite.kind === 'pure' ? (counts?.cpuSeconds ?? clock) : clock;
  let problem: string | null = null;
  if (ending.late) problem = `ended after ${Math.round(clock)} s`;
  else if (counts === undefined) problem = 'did not come to its end';
  else if (ending.code !== 0 && failed === 0) problem = `exit status ${ending.code}`;
  else if (seconds > ending.budget) {
    problem = `over its budget of ${ending.budget} s`;
  }
  const skips = lines.filter((line) => line.kind === 'skipped');
  return {
    suite,
    seconds,
    passed: counts?.passed ?? 0,
    failed,
    skipped: counts?.skipped ?? 0,
    skipReasons: [...new Set(skips.map((line) => line.reason || line.name))],
    problem,
    output: ending.output,
  };
}

function start(
  args: readonly string[],
  { limit, beside = false }: RunOptions,
): Promise<{ code: number | null; output: string; late: boolean }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: REPOSITORY,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      env: {
        ...process.env,
        // Set inside a test of ours, it would make the runner below believe that it is nested.
        NODE_TEST_CONTEXT: undefined,
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(REPOSITORY, '.cache', 'node'),
      },
    });
    const pid = child.pid;
    if (pid !== undefined) running.add(pid);
    if (pid !== undefined && beside) stepBack(pid);
    let output = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (pid !== undefined) endGroup(pid);
    }, limit * 1000);
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const end = (code: number | null): void => {
      clearTimeout(timer);
      if (pid !== undefined) {
        running.delete(pid);
        endGroup(pid);
      }
      resolve({ code, output, late });
    };
    child.on('error', () => end(null));
    // `exit`, not `close`: a program left behind would keep the pipes open.
    child.on('exit', (code) => end(code));
  });
}

/** A suite is a session of its own, and Linux may schedule sessions before it looks at processes. */
function stepBack(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
    writeFileSync(`/proc/${pid}/autogroup`, String(constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // No such setting on this system, or it has ended.
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function readLines(file: string): ReportLine[] {
  return readText(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReportLine);
}

/** The spec reporter repeats failures, with their details, at its end. */
function failuresOf(spec: string): string {
  const at = spec.indexOf('failing tests:');
  return at === -1 ? '' : `${spec.slice(at + 'failing tests:'.length).trimEnd()}\n`;
}

function tail(output: string): string {
  const lines = output.trimEnd().split('\n');
  return lines.length === 1 && lines[0] === '' ? '' : `${lines.slice(-60).join('\n')}\n`;
}
