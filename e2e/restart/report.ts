/** The result of `restart` as a table for people, and as one object for programs. */
import { commitName, machineName } from '@tacet/lab/about';
import { holds, type RestartResult } from './run.ts';

/** Of sorted values. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

export function asTable(result: RestartResult): string {
  const names = [...new Set(result.kills.map(({ name }) => name))].sort();
  const rows = names.map((name) => {
    const own = result.kills.filter((kill) => kill.name === name);
    const mean = (of: (kill: (typeof own)[number]) => number): string =>
      `${Math.round(own.reduce((sum, kill) => sum + of(kill), 0) / own.length)}`;
    return [
      name.padEnd(12),
      String(own.length).padStart(5),
      mean((kill) => kill.downMs).padStart(9),
      mean((kill) => kill.startMs).padStart(10),
    ].join(' ');
  });
  const count = (name: string, list: readonly string[]): string =>
    [`${name.padEnd(10)} ${list.length}`, ...list.slice(0, 10).map((line) => `  ${line}`)].join(
      '\n',
    );
  const alarms = Object.entries(result.alarms).map(([code, n]) => `${code} ${n}`);
  const seconds = (q: number): string => (quantile(result.deliveryMs, q) / 1_000).toFixed(1);
  return [
    'process      kills   down ms   start ms',
    ...rows,
    '',
    `messages   ${result.messages}`,
    `delivered  ${result.delivered}`,
    count('lost', result.lost),
    count('twice', result.twice),
    count('foreign', result.foreign),
    count('backwards', result.backwards),
    count('log gaps', result.gaps),
    count('crashed', result.crashed),
    `dead       ${result.deadLetters} letters`,
    `alarms     ${alarms.length === 0 ? 'none' : alarms.join(', ')}`,
    `delivery   p50 ${seconds(0.5)} s, p95 ${seconds(0.95)} s, longest ${seconds(1)} s`,
    `kills      ${result.kills.length} in ${result.seconds} s over ${result.epochs} epochs`,
    `seed       ${result.seed}`,
    holds(result) ? 'it holds' : 'IT DOES NOT HOLD',
  ].join('\n');
}

export function asObject(result: RestartResult): object {
  const kills: Record<string, number> = {};
  for (const { name } of result.kills) kills[name] = (kills[name] ?? 0) + 1;
  return {
    e2e: 'restart',
    holds: holds(result),
    figures: {
      messages: result.messages,
      delivered: result.delivered,
      lost: result.lost.length,
      twice: result.twice.length,
      foreign: result.foreign.length,
      backwards: result.backwards.length,
      log_gaps: result.gaps.length,
      crashed: result.crashed.length,
      dead_letters: result.deadLetters,
      kills: result.kills.length,
      epochs: result.epochs,
      seconds: result.seconds,
      delivery_p50_s: quantile(result.deliveryMs, 0.5) / 1_000,
      delivery_p95_s: quantile(result.deliveryMs, 0.95) / 1_000,
      delivery_max_s: quantile(result.deliveryMs, 1) / 1_000,
    },
    kills,
    alarms: result.alarms,
    seed: result.seed,
    date: new Date().toISOString().slice(0, 10),
    machine: machineName(),
    commit: commitName(),
  };
}
