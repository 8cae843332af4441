/** What runs on this machine. Linux only. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { sleep } from './program.ts';

const PATIENCE = 10_000;

/** Command lines of processes that have this folder among their arguments. */
export function runningIn(folder: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return /^\d+$/.test(pid) && line.includes(folder) ? [line.replaceAll('\0', ' ')] : [];
    } catch {
      return [];
    }
  });
}

/** Waits ten seconds for the last of them to end. */
export async function noneRunsIn(folder: string): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (runningIn(folder).length > 0 && performance.now() < end) await sleep(50);
  assert.deepEqual(runningIn(folder), []);
}
