/**
 * What it costs to open a profile, and to look all its pages over behind the opening
 * (docs/spec/10-store.md, 4). The secret is the keychain's, so that no Argon2id is in it. `*_ms`
 * are medians of openings, the files in the system's cache; `longest_turn_ms` is the longest time
 * for which looking the large one over kept the event loop.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createProfile, openProfile } from '@tacet/adapters/profiles-sqlcipher';
import { Sensitive } from '@tacet/base';
import type { Figures } from './list.ts';

const ROUNDS = 5;

interface Opening {
  readonly openMs: number;
  /** From the opening's start until every page was looked over. */
  readonly checkedMs: number;
  readonly checkCpuMs: number;
}

const ROW_BYTES = 50_000;

export async function run(say: (line: string) => void): Promise<Figures> {
  const root = mkdtempSync(join(tmpdir(), 'tacet-bench-profile-'));
  const open = (name: string) => ({
    dir: join(root, name),
    secret: new Sensitive(new Uint8Array(32).fill(1)),
    kind: 'keychain' as const,
  });
  const make = async (name: string, rows: number): Promise<number> => {
    const { store } = await createProfile(open(name));
    store.exec('CREATE TABLE t (v BLOB NOT NULL) STRICT');
    store.transaction(() => {
      for (let n = 0; n < rows; n++)
        store.run('INSERT INTO t VALUES (?)', new Uint8Array(ROW_BYTES));
    });
    store.close();
    return statSync(join(root, name, 'vault/0.data')).size / 1e6;
  };
  const openOften = async (name: string): Promise<Opening> => {
    const openings: Opening[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      const profile = await openProfile(open(name));
      const openMs = performance.now() - start;
      const cpu = process.cpuUsage();
      await profile.checked();
      const { user, system } = process.cpuUsage(cpu);
      const checkedMs = performance.now() - start;
      openings.push({ openMs, checkedMs, checkCpuMs: (user + system) / 1_000 });
      profile.close();
    }
    const median = (part: keyof Opening): number =>
      openings.map((one) => one[part]).sort((a, b) => a - b)[ROUNDS >> 1] ?? 0;
    return {
      openMs: median('openMs'),
      checkedMs: median('checkedMs'),
      checkCpuMs: median('checkCpuMs'),
    };
  };
  try {
    const small = await make('small', 10);
    const large = await make('large', 4_000);
    say(`profiles of ${small.toFixed(1)} and ${large.toFixed(0)} MB`);
    const { openMs: smallMs } = await openOften('small');
    const turns = monitorEventLoopDelay({ resolution: 1 });
    turns.enable();
    const { openMs: largeMs, checkedMs, checkCpuMs } = await openOften('large');
    turns.disable();
    return {
      small_mb: round(small),
      open_small_ms: round(smallMs),
      large_mb: round(large),
      open_large_ms: round(largeMs),
      checked_large_ms: round(checkedMs),
      check_cpu_ms_per_mb: round(checkCpuMs / large),
      longest_turn_ms: round(turns.max / 1e6),
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
