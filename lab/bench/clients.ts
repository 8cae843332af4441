/**
 * What an idle client costs its edge: real TLS WebSockets, the grid on at T of the default document,
 * each slot a cover read through three mixes (`--real 10`: in a tenth of them, the rest dies at its first
 * mix). CPU and memory are the edge process's own, from /proc.
 */
import { SECOND } from '@tacet/base';
import { priorityGranted } from '@tacet/e2e/lib';
import { MEASURED, Stage } from './crowd/stage.ts';
import type { BenchArguments, Figures } from './list.ts';

interface Stats {
  /** When it was counted, ms. */
  readonly at: number;
  readonly up: number;
  readonly down: number;
  readonly replies: number;
  readonly closed: number;
}

interface Joined {
  readonly seconds: number;
  /** Dials, those that failed among them. */
  readonly tries: number;
}

export async function run(args: BenchArguments, say: (line: string) => void): Promise<Figures> {
  const clients = Number(args.clients ?? 1_000);
  if (!Number.isInteger(clients) || clients < 1) throw new RangeError('--clients takes a number');
  const real = Number(args.real ?? 100) / 100;
  return await Stage.with(async (stage) => {
    const alone = await stage.watch(10 * SECOND);
    say(`the edge alone: ${alone.cpuPct.toFixed(1)} % of a core, ${alone.rssKb} kB`);
    const crowd = stage.crowd(real);
    const joined = await crowd.ask<Joined>({ what: 'join', links: clients, atOnce: 16 });
    const { cpuMs } = crowd.usage();
    say(
      `${clients} clients are in after ${joined.seconds.toFixed(0)} s and ${joined.tries} dials, ` +
        `which took the crowd ${(cpuMs / SECOND).toFixed(0)} s of a core`,
    );
    // What joining left behind has been collected by then.
    const settle = Number(args.settle ?? 60);
    await stage.watch(settle * SECOND);
    const before = await crowd.ask<Stats>({ what: 'stats' });
    const busy = crowd.usage().cpuMs;
    const { cpuPct, rssKb } = await stage.watch(MEASURED);
    const crowdPct = (100 * (crowd.usage().cpuMs - busy)) / MEASURED;
    const after = await crowd.ask<Stats>({ what: 'stats' });
    const seconds = (after.at - before.at) / SECOND;
    return {
      clients: clients - after.closed,
      rss_kb_per_client: (rssKb - alone.rssKb) / clients,
      cpu_pct: cpuPct,
      cpu_pct_alone: alone.cpuPct,
      rss_mb: rssKb / 1_024,
      rss_mb_alone: alone.rssKb / 1_024,
      frames_up_per_s: (after.up - before.up) / seconds,
      frames_down_per_s: (after.down - before.down) / seconds,
      crowd_cpu_pct: crowdPct,
      join_s: joined.seconds,
      priority: priorityGranted() ? 1 : 0,
      replies_per_s: (after.replies - before.replies) / seconds,
    };
  });
}
