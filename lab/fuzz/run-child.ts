/** Runs one role in a process of its own, says how far it is, and ends it when it stands still. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SECOND } from '@tacet/base';
import { endWithUs } from '@tacet/testkit/children';
import type { Line } from './child.ts';
import type { RoleKind, RoleOptions, RoleReport } from './types.ts';

/** Without a word for so many seconds, an input has hung. */
const STILL = 180;
const SAY_EVERY_MS = 10 * SECOND;

export async function runChild(
  kind: RoleKind,
  { count, seed, seconds = Number.POSITIVE_INFINITY }: RoleOptions,
  say: (line: string) => void,
): Promise<RoleReport> {
  const entry = join(import.meta.dirname, 'child.ts');
  const child = spawn(process.execPath, [entry, kind.name, String(count), seed, String(seconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = (): void => void child.kill('SIGKILL');
  endWithUs(child);
  const started = performance.now();
  let said = started;
  let done = 0;
  let report: RoleReport | null = null;
  // Counted, not measured: while the whole machine stands still, at most one passes.
  let still = 0;
  const watch = setInterval(() => {
    still += 1;
    if (still >= STILL) end();
  }, SECOND);
  for await (const text of createInterface({ input: child.stdout })) {
    still = 0;
    const line = JSON.parse(text) as Line;
    if ('report' in line) {
      report = line.report;
      continue;
    }
    done = line.done;
    const now = performance.now();
    if (now - said < SAY_EVERY_MS) continue;
    said = now;
    const rate = (1_000 * line.done) / (now - started);
    const left = (line.of - line.done) / Math.max(rate, 1e-9);
    say(
      `${kind.name.padEnd(10)} ${line.done.toLocaleString('en')} of ${line.of.toLocaleString('en')}, ` +
        `${Math.round(rate).toLocaleString('en')}/s, ${Math.ceil(left / 60)} min left`,
    );
  }
  clearInterval(watch);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return report ?? lost(kind, seed, done, child.signalCode ?? `status ${child.exitCode}`);
}

/** It ended before it could say why. */
function lost(kind: RoleKind, seed: string, done: number, how: string): RoleReport {
  return {
    role: kind.name,
    seed,
    inputs: done,
    kinds: {},
    reasons: {},
    repliesToBad: 0,
    slowestMs: 0,
    slowest: '',
    heapBeforeMb: 0,
    heapAfterMb: 0,
    seconds: 0,
    cpuSeconds: 0,
    crash: `ended by ${how} after input ${done} of seed ${seed}`,
  };
}
