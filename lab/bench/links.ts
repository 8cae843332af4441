/**
 * Hostile clients beside honest ones at one edge: 100 links at full speed, by turns with the same 100
 * links silent and with another 100 at full speed at another edge of this machine, and 1,000
 * connections at once. What the figures mean: docs/dev/measuring.md, "Hostile
 * links". The flood comes from a process of the lowest priority: it is other people's machines, and must
 * take from this one only what the edge gives it.
 */
import { type Millis, SECOND } from '@tacet/base';
import { priorityGranted } from '@tacet/e2e/lib';
import { quantile } from '@tacet/testkit/quantile';
import { LATE_WRITTEN, type Late, wallNow } from './crowd/late.ts';
import { Stage } from './crowd/stage.ts';
import type { BenchArguments, Figures } from './list.ts';

const HONEST = 100;
const FLOOD = 100;
const STORM = 1_000;
/** Half of them with the flood at another edge. */
const ROUNDS = 14;
const STRETCH = 8 * SECOND;
/** Handshakes are done, and what they and the flood before left behind has been collected. */
const SETTLE = 5 * SECOND;

interface Stats {
  readonly closed: number;
  readonly lateness: readonly Millis[];
}

interface Stretch {
  readonly from: Millis;
  readonly to: Millis;
  /** As clients saw it. */
  readonly lateness: readonly Millis[];
  readonly cpuPct: number;
}

interface Storm {
  readonly seconds: number;
  readonly tries: number;
  /** Of the process that dialled. */
  readonly cpuMs: number;
}

export async function run(_: BenchArguments, say: (line: string) => void): Promise<Figures> {
  return await Stage.with(async (stage) => {
    // Its packets die at their first mix: who makes real ones is late in noting what comes.
    const honest = stage.crowd(0, 'urgent');
    await honest.ask({ what: 'join', links: HONEST, atOnce: 8 });
    const hostile = stage.crowd(0, 'lowest');
    const others = stage.crowd(0, 'lowest', 1);
    const calm: Stretch[] = [];
    const flood: Stretch[] = [];
    const elsewhere: Stretch[] = [];
    let sent = 0;
    const stretch = async (): Promise<Stretch> => {
      await honest.ask({ what: 'stats' });
      const from = wallNow();
      const { cpuPct } = await stage.watch(STRETCH);
      const { lateness } = await honest.ask<Stats>({ what: 'stats' });
      return { from, to: wallNow(), lateness, cpuPct };
    };
    for (let n = 0; n < ROUNDS; n++) {
      for (const crowd of [hostile, others]) await crowd.ask({ what: 'dial', links: FLOOD });
      await stage.watch(SETTLE);
      calm.push(await stretch());
      // The same floods by turns, with everybody's links open in both.
      const [crowd, stretches] = n % 2 === 0 ? [others, elsewhere] : [hostile, flood];
      await crowd.ask({ what: 'flood' });
      stretches.push(await stretch());
      for (const one of [hostile, others]) {
        const poured = await one.ask<{ sent: number }>({ what: 'calm' });
        if (one === hostile) sent += poured.sent;
      }
      const seen = [calm, stretches].map((of) => show(of.at(-1)?.lateness ?? []));
      say(`round ${n + 1}: ${seen.join(n % 2 === 0 ? '; flood elsewhere ' : '; flood ')}`);
    }
    const { closed } = await honest.ask<Stats>({ what: 'stats' });
    const { storm, before, after } = await stormOf(stage);
    const { lateness: inStorm } = await honest.ask<Stats>({ what: 'stats' });
    say(JSON.stringify(await stage.network.counters(stage.edge)));
    await stage.watch(2 * LATE_WRITTEN);
    const late = stage.late();
    const atEdge = ({ from, to }: Stretch): Millis[] =>
      late.filter(({ at }) => at >= from && at < to).map(({ ms }) => ms);
    const asSeen = ({ lateness }: Stretch): readonly Millis[] => lateness;
    for (const [name, stretches] of Object.entries({ calm, elsewhere, flood })) {
      for (const one of stretches) say(`at the edge, ${name}: ${show(atEdge(one))}`);
    }
    const usual = quantile(calm.flatMap(atEdge), 0.99);
    const slow = (stretches: readonly Stretch[]): string => bySecond(late, usual, stretches);
    say(`frames later than ${usual.toFixed(2)} ms at the edge, by second of a stretch:`);
    say(`calm ${slow(calm)}; elsewhere ${slow(elsewhere)}; flood ${slow(flood)}`);
    return {
      rounds: ROUNDS,
      flood_links: FLOOD,
      flood_frames_sent: sent,
      ...compare('', { calm, elsewhere, flood }, asSeen),
      ...compare('edge_', { calm, elsewhere, flood }, atEdge),
      calm_cpu_pct: meanCpu(calm),
      flood_cpu_pct: meanCpu(flood),
      honest_lost: closed,
      storm_connects: STORM,
      storm_s: storm.seconds,
      storm_tries: storm.tries,
      storm_cpu_s: (after.cpuMs - before.cpuMs) / SECOND,
      storm_clients_cpu_s: storm.cpuMs / SECOND,
      storm_honest_p99_ms: quantile(inStorm, 0.99),
      storm_rss_growth_mb: (after.rssKb - before.rssKb) / 1_024,
      priority: priorityGranted() ? 1 : 0,
    };
  });
}

interface Stretches {
  readonly calm: readonly Stretch[];
  /** The same flood at another edge. */
  readonly elsewhere: readonly Stretch[];
  readonly flood: readonly Stretch[];
}

/**
 * p99 are medians of rounds: one moment in which all of a shared machine stood still makes one round
 * late, not the figure. `noise`: the ratio of medians of every second calm stretch to the others, the
 * larger one above.
 */
function compare(
  prefix: string,
  { calm, elsewhere, flood }: Stretches,
  of: (stretch: Stretch) => readonly Millis[],
): Figures {
  const part = (stretches: readonly Stretch[], share: number): Millis =>
    quantile(stretches.flatMap(of), share);
  const p99 = (stretch: Stretch): Millis => quantile(of(stretch), 0.99);
  const usual = (stretches: readonly Stretch[]): Millis => quantile(stretches.map(p99), 0.5);
  const halves = [0, 1].map((half) => usual(calm.filter((_, n) => n % 2 === half)));
  return {
    [`${prefix}calm_frames`]: calm.flatMap(of).length,
    [`${prefix}flood_frames`]: flood.flatMap(of).length,
    [`${prefix}calm_p50_ms`]: part(calm, 0.5),
    [`${prefix}elsewhere_p50_ms`]: part(elsewhere, 0.5),
    [`${prefix}flood_p50_ms`]: part(flood, 0.5),
    [`${prefix}calm_p99_ms`]: usual(calm),
    [`${prefix}elsewhere_p99_ms`]: usual(elsewhere),
    [`${prefix}flood_p99_ms`]: usual(flood),
    [`${prefix}flood_p99_ratio`]: usual(flood) / usual(calm),
    [`${prefix}flood_p99_over_elsewhere`]: usual(flood) / usual(elsewhere),
    [`${prefix}calm_p99_noise`]: Math.max(...halves) / Math.min(...halves),
  };
}

/** How many frames left the edge later than `usual` in each second of these stretches, all together. */
function bySecond(late: readonly Late[], usual: Millis, stretches: readonly Stretch[]): string {
  const seconds = Array.from({ length: STRETCH / SECOND }, (_, n) => n * SECOND);
  const counts = seconds.map((from) =>
    stretches.reduce((sum, stretch) => {
      const begin = stretch.from + from;
      const slow = late.filter(({ at, ms }) => at >= begin && at < begin + SECOND && ms > usual);
      return sum + slow.length;
    }, 0),
  );
  return counts.join(' ');
}

function meanCpu(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { cpuPct }) => sum + cpuPct, 0) / stretches.length;
}

function show(lateness: readonly Millis[]): string {
  const of = (part: number): string => quantile(lateness, part).toFixed(2);
  return `p50 ${of(0.5)}, p90 ${of(0.9)}, p99 ${of(0.99)}, p99.9 ${of(0.999)} ms`;
}

async function stormOf(stage: Stage) {
  const clients = stage.crowd(0, 'usual');
  const before = stage.usage();
  const storm = await clients.ask<Storm>({ what: 'storm', links: STORM });
  const after = stage.usage();
  return { storm, before, after };
}
