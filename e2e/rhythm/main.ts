/** `npm run e2e -- rhythm`: the long form. `npm test` runs the short one. */
import { commitName, machineName } from '@tacet/lab/about';
import { priorityGranted } from '../lib/program.ts';
import { type Lateness, LEAST_P, type Verdict } from './judge.ts';
import { rhythm } from './run.ts';

export interface RhythmArguments {
  readonly slot?: string | undefined;
  readonly frames?: string | undefined;
  readonly json?: boolean | undefined;
}

export async function run(args: RhythmArguments): Promise<number> {
  const slotMs = whole(args.slot ?? '200', 50, 60_000);
  const frames = whole(args.frames ?? '620', 50, 100_000);
  if (slotMs === null || frames === null) {
    process.stderr.write('--slot takes 50 to 60000, --frames 50 to 100000\n');
    return 2;
  }
  const verdict = await rhythm({
    slotMs,
    frames,
    burst: 200,
    marks: { leastP: LEAST_P, quiet: true },
    plantedMs: 10,
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  process.stdout.write(
    args.json === true ? `${JSON.stringify(asObject(verdict))}\n` : `${asTable(verdict)}\n`,
  );
  return verdict.faults.length === 0 ? 0 : 1;
}

function whole(text: string, least: number, most: number): number | null {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

export function asTable(verdict: Verdict): string {
  const late = ([name, { p50, p99, p999, max }]: [string, Lateness]): string =>
    `${name.padEnd(8)} ${[p50, p99, p999, max].map((ms) => ms.toFixed(2).padStart(8)).join(' ')}`;
  const size = (direction: 'up' | 'down'): string =>
    Object.entries(verdict.sizes[direction])
      .map(([bytes, n]) => `${n} of ${bytes} bytes`)
      .join(', ');
  return [
    `T = ${verdict.slotMs} ms; TLS records on the link:`,
    `  up    ${size('up')}`,
    `  down  ${size('down')}`,
    `slots without a frame, or with two: ${verdict.missed}`,
    '',
    'lateness ms   p50      p99    p99.9      max',
    ...Object.entries(verdict.lateness).map(late),
    '',
    'two-sample KS of intervals      distance        p',
    ...[...verdict.comparisons, verdict.planted].map(
      ({ direction, pair, distance, p }) =>
        `  ${direction.padEnd(5)} ${pair.padEnd(20)} ${distance.toFixed(4).padStart(9)} ${p.toPrecision(3).padStart(9)}`,
    ),
    `a delay of ${verdict.detectsMs} ms in every fourth frame of the burst would have been found`,
    ...(verdict.faults.length === 0 ? ['it holds'] : ['IT DOES NOT HOLD', ...verdict.faults]),
  ].join('\n');
}

export function asObject(verdict: Verdict): object {
  const figures: Record<string, number> = {
    slot_ms: verdict.slotMs,
    missed: verdict.missed,
    sizes_up: Object.keys(verdict.sizes.up).length,
    sizes_down: Object.keys(verdict.sizes.down).length,
    planted_p: verdict.planted.p,
    detects_ms: verdict.detectsMs,
  };
  for (const [name, { p50, p99, p999, max }] of Object.entries(verdict.lateness)) {
    figures[`${name}_late_p50_ms`] = round(p50);
    figures[`${name}_late_p99_ms`] = round(p99);
    figures[`${name}_late_p999_ms`] = round(p999);
    figures[`${name}_late_max_ms`] = round(max);
  }
  for (const { direction, pair, p } of verdict.comparisons) {
    figures[`ks_p_${direction}_${pair.replace(' and ', '_')}`] = round(p);
  }
  for (const [name, [up, down]] of Object.entries(verdict.frames)) {
    figures[`${name}_frames_up`] = up;
    figures[`${name}_frames_down`] = down;
  }
  return {
    e2e: 'rhythm',
    holds: verdict.faults.length === 0,
    figures,
    sizes: verdict.sizes,
    faults: verdict.faults,
    priority: priorityGranted(),
    date: new Date().toISOString().slice(0, 10),
    machine: machineName(),
    commit: commitName(),
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
