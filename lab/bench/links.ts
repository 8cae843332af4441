/**
 * Hostile clients beside honest ones at one edge: 100 links at full speed, by turns with calm, and
 * 1,000 connections at once. `flood_p99_ratio` compares how late frames down come to the honest, over
 * all rounds of each kind; `calm_p99_noise` is the same ratio of two halves of the calm rounds. The
 * flood comes from a process of the lowest priority: it is other people's machines, and must take
 * from this one only what the edge gives it.
 */
import { SECOND } from '@tacet/base';
import { percentile, Stage } from './crowd/stage.ts';
import type { BenchArguments, Figures } from './list.ts';

const HONEST = 100;
const FLOOD = 100;
const STORM = 1_000;
const ROUNDS = 4;
const ROUND = 10 * SECOND;

interface Stats {
  readonly closed: number;
  readonly lateness: readonly number[];
}

interface Round {
  readonly lateness: readonly number[];
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
    const honest = stage.crowd(1);
    await honest.ask({ what: 'join', links: HONEST, atOnce: 8 });
    const hostile = stage.crowd(0, 'lowest');
    const calm: Round[] = [];
    const flood: Round[] = [];
    let sent = 0;
    const round = async (): Promise<Round> => {
      await honest.ask({ what: 'stats' });
      const { cpuPct } = await stage.watch(ROUND);
      const { lateness } = await honest.ask<Stats>({ what: 'stats' });
      return { lateness, cpuPct };
    };
    for (let n = 0; n < ROUNDS; n++) {
      calm.push(await round());
      await hostile.ask({ what: 'flood', links: FLOOD });
      flood.push(await round());
      sent += (await hostile.ask<{ sent: number }>({ what: 'calm' })).sent;
      say(`round ${n + 1}: ${show(calm.at(-1))}; flood ${show(flood.at(-1))}`);
    }
    const { closed } = await honest.ask<Stats>({ what: 'stats' });
    const halves = [0, 1].map((half) => p99(calm.filter((_, n) => n % 2 === half)));
    const { storm, before, after } = await stormOf(stage);
    const { lateness: inStorm } = await honest.ask<Stats>({ what: 'stats' });
    say(JSON.stringify(await stage.network.counters(stage.edge)));
    const cpu = (rounds: readonly Round[]): number =>
      rounds.reduce((sum, { cpuPct }) => sum + cpuPct, 0) / rounds.length;
    return {
      flood_links: FLOOD,
      flood_frames_sent: sent,
      calm_p99_ms: p99(calm),
      flood_p99_ms: p99(flood),
      flood_p99_ratio: p99(flood) / p99(calm),
      calm_p99_noise: Math.max(...halves) / Math.min(...halves),
      calm_cpu_pct: cpu(calm),
      flood_cpu_pct: cpu(flood),
      honest_lost: closed,
      storm_connects: STORM,
      storm_s: storm.seconds,
      storm_tries: storm.tries,
      storm_cpu_s: (after.cpuMs - before.cpuMs) / SECOND,
      storm_clients_cpu_s: storm.cpuMs / SECOND,
      storm_honest_p99_ms: percentile(inStorm, 0.99),
      storm_rss_growth_mb: (after.rssKb - before.rssKb) / 1_024,
    };
  });
}

function p99(rounds: readonly Round[]): number {
  const all = rounds.flatMap(({ lateness }) => lateness);
  return percentile(all, 0.99);
}

function show(round: Round | undefined): string {
  const of = (part: number): string => percentile(round?.lateness ?? [], part).toFixed(2);
  return `p50 ${of(0.5)}, p90 ${of(0.9)}, p99 ${of(0.99)}, p99.9 ${of(0.999)} ms`;
}

async function stormOf(stage: Stage) {
  const clients = stage.crowd(0, 'usual');
  const before = stage.usage();
  const storm = await clients.ask<Storm>({ what: 'storm', links: STORM });
  const after = stage.usage();
  return { storm, before, after };
}
