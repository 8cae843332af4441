/** What a run of a role says, as a table and as figures, and whether it stands. */
import { round, sorted } from './engine.ts';
import type { RoleKind, RoleReport } from './types.ts';

/** An input that takes more processor time than this has found a hole. */
export const STALL_MS = 250;
/** Heap and buffers may differ by so much between two looks without anything having grown. */
export const GROWTH_MB = 16;

/** Runs of one role, one after another with seeds of their own. */
export interface RoleFigures {
  readonly seeds: readonly string[];
  readonly inputs: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, number>>;
  readonly repliesToBad: number;
  readonly slowestMs: number;
  readonly slowest: string;
  readonly growthMb: number;
  readonly heapMb: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly crashes: readonly string[];
}

export function figuresOf(report: RoleReport): RoleFigures {
  const { seed, inputs, reasons, kinds, repliesToBad, slowestMs, slowest, crash } = report;
  return {
    seeds: [seed],
    inputs,
    reasons,
    kinds,
    repliesToBad,
    slowestMs,
    slowest,
    growthMb: round(report.heapAfterMb - report.heapBeforeMb),
    heapMb: report.heapAfterMb,
    seconds: report.seconds,
    cpuSeconds: report.cpuSeconds,
    crashes: crash === null ? [] : [crash],
  };
}

/** Several runs as one: sums, and the worst of what is no sum. */
export function together(a: RoleFigures, b: RoleFigures): RoleFigures {
  const worse = b.slowestMs > a.slowestMs ? b : a;
  return {
    seeds: [...a.seeds, ...b.seeds],
    inputs: a.inputs + b.inputs,
    reasons: sum(a.reasons, b.reasons),
    kinds: sum(a.kinds, b.kinds),
    repliesToBad: a.repliesToBad + b.repliesToBad,
    slowestMs: worse.slowestMs,
    slowest: worse.slowest,
    growthMb: Math.max(a.growthMb, b.growthMb),
    heapMb: Math.max(a.heapMb, b.heapMb),
    seconds: round(a.seconds + b.seconds),
    cpuSeconds: round(a.cpuSeconds + b.cpuSeconds),
    crashes: [...a.crashes, ...b.crashes],
  };
}

function sum(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) {
  const all = new Map(Object.entries(a));
  for (const [name, n] of Object.entries(b)) all.set(name, (all.get(name) ?? 0) + n);
  return sorted(Object.fromEntries(all));
}

/** Reasons that came up less than `least` times. */
export function seldom(kind: RoleKind, figures: RoleFigures, least: number): string[] {
  return kind.reasons.filter((reason) => (figures.reasons[reason] ?? 0) < least);
}

/** Counters of which nobody has said whether they are a refusal. */
function unlisted({ reasons, beyond, events }: RoleKind, figures: RoleFigures): string[] {
  const listed = new Set([...reasons, ...Object.keys(beyond), ...Object.keys(events)]);
  return Object.keys(figures.reasons).filter((name) => !listed.has(name));
}

/** What does not stand, in words; empty when all does. */
export function faults(kind: RoleKind, figures: RoleFigures, least: number): string[] {
  const found = figures.crashes.map((crash) => `crashed: ${crash}`);
  const rare = seldom(kind, figures, least);
  const unknown = unlisted(kind, figures);
  if (unknown.length > 0) found.push(`not listed: ${unknown.join(', ')}`);
  if (rare.length > 0) found.push(`less than ${least} times: ${rare.join(', ')}`);
  if (figures.repliesToBad > 0) found.push(`${figures.repliesToBad} replies to bad input`);
  if (figures.slowestMs > STALL_MS) {
    found.push(`stalled: ${figures.slowestMs} ms of processor time by "${figures.slowest}"`);
  }
  if (figures.growthMb > GROWTH_MB) found.push(`grew by ${figures.growthMb} MB`);
  return found.map((fault) => `${kind.name}: ${fault}`);
}

export function table(kind: RoleKind, figures: RoleFigures): string {
  const number = (n: number): string => n.toLocaleString('en').padStart(12);
  const named = new Set(kind.reasons);
  const lines = Object.entries(figures.reasons).map(([reason, n]) => {
    const what = kind.events[reason];
    const said = what === undefined ? '' : `: ${what}`;
    return `${number(n)} ${named.has(reason) ? '*' : ' '} ${reason}${said}`;
  });
  const beyond = Object.entries(kind.beyond)
    .filter(([reason]) => figures.reasons[reason] === undefined)
    .map(([reason, why]) => `           - ${reason}: ${why}`);
  return [
    `${kind.name}: ${figures.inputs.toLocaleString('en')} inputs, seeds ${figures.seeds.join(' ')}`,
    ...lines,
    ...beyond,
    `  slowest input ${figures.slowestMs} ms (${figures.slowest}), heap ${figures.heapMb} MB, ` +
      `grown by ${figures.growthMb} MB, replies to bad input ${figures.repliesToBad}, ` +
      `${figures.cpuSeconds} s of processor time`,
    '',
  ].join('\n');
}
