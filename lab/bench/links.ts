/**
 * Hostile clients beside honest ones at one edge: 100 links at full speed, by turns with calm, and
 * 1,000 connections at once. `flood_p99_ratio` compares how late frames down come to the honest.
 */
import { SECOND } from '@tacet/base';
import { percentile, Stage } from './crowd/stage.ts';
import type { BenchArguments, Figures } from './list.ts';

const HONEST = 100;
const FLOOD = 100;
const STORM = 1_000;
const ROUNDS = 4;
const ROUND = 15 * SECOND;

interface Stats {
  readonly closed: number;
  readonly lateness: readonly number[];
}

interface Round {
  readonly p99: number;
  readonly cpuPct: number;
}

export async function run(_: BenchArguments, say: (line: string) => void): Promise<Figures> {
  return await Stage.with(async (stage) => {
    const honest = stage.crowd(1);
    await honest.ask({ what: 'join', links: HONEST, atOnce: 8 });
    const hostile = stage.crowd(0);
    const calm: Round[] = [];
    const flood: Round[] = [];
    let sent = 0;
    const round = async (): Promise<Round> => {
      await honest.ask({ what: 'stats' });
      const { cpuPct } = await stage.watch(ROUND);
      const { lateness } = await honest.ask<Stats>({ what: 'stats' });
      return { p99: percentile(lateness, 0.99), cpuPct };
    };
    for (let n = 0; n < ROUNDS; n++) {
      calm.push(await round());
      await hostile.ask({ what: 'flood', links: FLOOD });
      flood.push(await round());
      sent += (await hostile.ask<{ sent: number }>({ what: 'calm' })).sent;
      say(`round ${n + 1}: p99 ${calm.at(-1)?.p99.toFixed(2)}, ${flood.at(-1)?.p99.toFixed(2)} ms`);
    }
    const { closed } = await honest.ask<Stats>({ what: 'stats' });
    const { storm, before, after } = await stormOf(stage, hostile);
    const counters = await stage.network.counters(stage.edge);
    say(JSON.stringify(counters));
    const median = (of: (one: Round) => number, rounds: readonly Round[]): number =>
      percentile(rounds.map(of), 0.5);
    const p99 = ({ p99: value }: Round): number => value;
    const cpu = ({ cpuPct }: Round): number => cpuPct;
    return {
      flood_links: FLOOD,
      flood_frames_sent: sent,
      calm_p99_ms: median(p99, calm),
      flood_p99_ms: median(p99, flood),
      flood_p99_ratio: median(p99, flood) / median(p99, calm),
      calm_cpu_pct: median(cpu, calm),
      flood_cpu_pct: median(cpu, flood),
      honest_lost: closed,
      storm_connects: STORM,
      storm_s: storm.seconds,
      storm_tries: storm.tries,
      storm_cpu_s: (after.cpuMs - before.cpuMs) / SECOND,
      storm_rss_growth_mb: (after.rssKb - before.rssKb) / 1_024,
    };
  });
}

async function stormOf(stage: Stage, hostile: ReturnType<Stage['crowd']>) {
  const before = stage.usage();
  const storm = await hostile.ask<{ seconds: number; tries: number }>({
    what: 'storm',
    links: STORM,
  });
  const after = stage.usage();
  return { storm, before, after };
}
