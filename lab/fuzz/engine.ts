/**
 * Feeds one role its inputs, one by one, and watches: processor time of each, what it causes,
 * memory. Knows nothing of what an input means.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Role, RoleKind, RoleOptions, RoleReport } from './types.ts';

export type Progress = (done: number, of: number) => void;

const REST_EVERY = 64;
/** Memory is first looked at after this part of the inputs, or of the time: caps are reached by then. */
const WARM = 0.1;

export async function runRole(
  kind: RoleKind,
  options: RoleOptions,
  progress: Progress = () => undefined,
): Promise<RoleReport> {
  const { count } = options;
  const role = await kind.make(options);
  const started = performance.now();
  const cpuStarted = process.cpuUsage();
  const kinds = new Map<string, number>();
  let repliesToBad = 0;
  let slowestMs = 0;
  let slowest = '';
  let before: number | null = null;
  let crash: string | null = null;
  let at = 0;
  const fed = (): number => role.inputs?.() ?? at;
  let told = started;
  const warm = Math.floor(count * WARM);
  const span = 1_000 * (options.seconds ?? Number.POSITIVE_INFINITY);
  const until = started + span;
  const warmUntil = started + WARM * span;
  try {
    for (let now = started; fed() < count && now < until; at++, now = performance.now()) {
      if (before === null && (fed() >= warm || now >= warmUntil)) before = heldMb();
      if (at % REST_EVERY === 0) role.rest();
      if (now - told > 1_000) {
        told = now;
        progress(fed(), count);
      }
      const input = role.next();
      kinds.set(input.kind, (kinds.get(input.kind) ?? 0) + 1);
      const from = cpuMs();
      const given = input.deliver();
      const outputs = typeof given === 'number' ? given : await given;
      const took = cpuMs() - from;
      if (took > slowestMs) {
        slowestMs = took;
        slowest = input.kind;
      }
      if (input.silent) repliesToBad += outputs;
    }
    role.rest();
    await role.check();
  } catch (error) {
    const stack = error instanceof Error ? `${error.stack} ${String(error.cause ?? '')}` : error;
    crash = `delivery ${at} of seed ${options.seed}: ${String(stack)}`;
  }
  const used = process.cpuUsage(cpuStarted);
  const after = heldBy(role);
  await role.close?.();
  return {
    role: kind.name,
    seed: options.seed,
    inputs: fed(),
    kinds: sorted(Object.fromEntries(kinds)),
    reasons: sorted(role.counts()),
    repliesToBad: repliesToBad + role.lateReplies(),
    slowestMs: round(slowestMs),
    slowest,
    heapBeforeMb: round(before ?? after),
    heapAfterMb: round(after),
    seconds: round((performance.now() - started) / 1_000),
    cpuSeconds: round((used.user + used.system) / 1e6),
    crash,
  };
}

/** Of this thread: wall time would measure the neighbours. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heldMb(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

/** The role is still needed when its memory is measured. */
function heldBy(role: Role): number {
  const mb = heldMb();
  role.counts();
  return mb;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
