/**
 * One real mix process under load: TLS links, replay log, payload MAC, whole packets made before.
 * What the figures mean, and how the load generator is kept out of them: docs/dev/measuring.md.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, quantile } from '@tacet/testkit/quantile';
import type { BenchArguments, Figures } from './list.ts';
import { Packets } from './mix/packets.ts';
import type { MixReport } from './mix/process.ts';
import { makeStage } from './mix/stage.ts';
import { Traffic } from './mix/traffic.ts';
import { Unwrapping } from './mix/unwrapping.ts';

/** Declared by the mix: sizes its replay set and the number of its threads. */
const CAPACITY = 6_000;
const ROUNDS = 15;
/** Packets each thread opens in one round, half of them to be warm, and packets through the mix. */
const UNWRAPS = 2_400;
const FLOOD = 4_000;
/** Before that: until what runs for weeks has been compiled for it. */
const WARM = 80_000;
const LOAD = 0.7;
const LOAD_SECONDS = 3;
const OVERLOAD = 10;
const OVERLOAD_SECONDS = 3;
const OVERLOAD_PACKETS = 8_000;
const SETTLE_MS = 6_000;
const RECOVERY_SECONDS = 1.5;
/** An epoch of the stage and its graces. */
const REPLAY_SECONDS = 4_200;
/** Packets of this epoch before the mix starts: enough to touch nearly all of the replay table. */
const EARLIER = 1_000_000;
/** Packets for load and recovery are built for such a machine; a faster one is through with them sooner. */
const RATE = 12_000;

export async function run(args: BenchArguments, say: (line: string) => void): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-bench-mix-'));
  let child: ChildProcess | null = null;
  const priority = urgent();
  let traffic: Traffic | null = null;
  let unwrapping: Unwrapping | null = null;
  try {
    const stage = await makeStage(folder, CAPACITY, EARLIER);
    const threads = availableParallelism();
    const guess = Number(args.rate ?? RATE);
    const atLoad = Math.ceil(LOAD * guess * LOAD_SECONDS);
    const recovering = Math.ceil(LOAD * guess * RECOVERY_SECONDS);
    const count = WARM + ROUNDS * FLOOD + atLoad + OVERLOAD_PACKETS + recovering;
    say(`building ${count} packets`);
    const brief = { count: WARM + ROUNDS * FLOOD, delayMeanMs: 2 };
    const packets = await Packets.build(count, threads, { ...stage, brief });
    traffic = await Traffic.open(stage, packets);
    unwrapping = new Unwrapping(stage, packets, threads);
    child = fork(new URL('./mix/process.ts', import.meta.url), [stage.configFile], {
      serialization: 'advanced',
      // As the shipped program has it.
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache') },
    });
    child.setMaxListeners(0);
    await told(child);
    await traffic.ready();
    const figures = await measure({
      packets,
      traffic,
      unwrapping,
      child,
      threads,
      atLoad,
      recovering,
      say,
    });
    return { ...figures, priority };
  } finally {
    child?.send('stop');
    await unwrapping?.stop();
    await traffic?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Before the rest of the machine, where that is allowed: threads and the mix inherit it. */
function urgent(): number {
  try {
    setPriority(-15);
    return 1;
  } catch {
    return 0;
  }
}

interface Run {
  readonly packets: Packets;
  readonly traffic: Traffic;
  readonly unwrapping: Unwrapping;
  readonly child: ChildProcess;
  readonly threads: number;
  readonly atLoad: number;
  readonly recovering: number;
  readonly say: (line: string) => void;
}

async function measure(run: Run): Promise<Figures> {
  const { packets, traffic, unwrapping, child, say } = run;
  const idle = await report(child);
  const warm = packets.fresh(WARM);
  const each = Math.floor(WARM / run.threads);
  await unwrapping.cost(warm.from, each - 1, 1);
  await traffic.flood(warm);

  const unwraps: number[] = [];
  const costs: number[] = [];
  const rates: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const range = packets.fresh(FLOOD);
    const unwrap = await unwrapping.cost(range.from, UNWRAPS / 2, UNWRAPS / 2);
    const before = await report(child);
    const rate = await traffic.flood(range);
    const after = await report(child);
    // Loops of the mix itself may come out beside them.
    if (traffic.received < WARM + (round + 1) * FLOOD) {
      throw new Error(`packets were lost: ${traffic.received} came out`);
    }
    const cost = (after.cpuUs - before.cpuUs) / FLOOD;
    say(`unwrap ${unwrap.toFixed(1)} us, mix ${cost.toFixed(1)} us a frame, ${rate.toFixed(0)}/s`);
    unwraps.push(unwrap);
    costs.push(cost);
    rates.push(rate);
    ratios.push(unwrap / cost);
  }
  const capacity = median(rates);
  const rate = LOAD * capacity;
  const atLoad = Math.min(run.atLoad, Math.ceil(rate * LOAD_SECONDS));
  const base = traffic.received;
  const cpuBefore = await report(child);
  const idleBefore = idleSeconds();
  const started = performance.now();
  await traffic.offer(packets.fresh(atLoad), rate);
  const loadSeconds = (performance.now() - started) / 1_000;
  const spare = (idleSeconds() - idleBefore) / loadSeconds;
  await traffic.drained(base + atLoad);
  const loaded = await report(child);
  const busy = (loaded.cpuUs - cpuBefore.cpuUs) / 1e6 / loadSeconds;
  say(`at ${rate.toFixed(0)}/s: ${atLoad} frames, ${(100 * busy).toFixed(0)} % of a core`);

  const flood = packets.fresh(OVERLOAD_PACKETS);
  const offered = OVERLOAD * capacity;
  const repeats = Math.ceil((offered * OVERLOAD_SECONDS) / OVERLOAD_PACKETS) - 1;
  await traffic.offer(flood, offered, repeats);
  const over = await report(child);
  // What still waits at the senders is too old after five seconds; loops of the mix never end.
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  await report(child);
  const settled = traffic.received;
  const recovering = Math.min(run.recovering, Math.ceil(rate * RECOVERY_SECONDS));
  await traffic.offer(packets.fresh(recovering), rate);
  const recovered = (await traffic.drained(settled + recovering)) - settled;
  const last = await report(child);
  say(JSON.stringify(last.counters));

  const loadedLate = loaded.late;
  const lastLate = last.late;
  const perFrame = median(costs);
  const unwrap = median(unwraps);
  return {
    frames_per_s_core: Math.round(1e6 / perFrame),
    frames_per_s_machine: Math.round(capacity),
    cpu_us_per_frame: round2(perFrame),
    unwrap_us: round2(unwrap),
    work_ratio: round3(median(ratios)),
    load_frames_per_s: Math.round(rate),
    load_cores: round2(busy),
    load_spare_cores: round2(spare),
    lateness_p50_ms: round2(quantile(loadedLate, 0.5)),
    lateness_p99_ms: round2(quantile(loadedLate, 0.99)),
    lateness_max_ms: round2(quantile(loadedLate, 1)),
    idle_rss_mb: Math.round(idle.rssMb),
    rss_mb: Math.round(loaded.rssMb),
    replay_mb: touchedReplayMb(loaded.counters['sent'] ?? 0),
    overload_rss_mb: Math.round(over.peakRssMb),
    overload_offered_per_s: Math.round(offered),
    recovered_p99_ms: round2(quantile(lastLate, 0.99)),
    recovered_lost: Math.max(0, recovering - recovered),
  };
}

/** What nobody used of all cores since the machine started. */
function idleSeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0) / 1_000;
}

/** Of the replay table's pages, those that so many tags at random places touch. */
function touchedReplayMb(packets: number): number {
  const tags = EARLIER + packets;
  const slots = 2 ** Math.ceil(Math.log2((CAPACITY * REPLAY_SECONDS) / 0.75));
  const pages = (slots * 8) / 4_096;
  return Math.round((pages * (1 - Math.exp(-tags / pages)) * 4_096) / 1e6);
}

function told(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the mix ended with ${code}`)));
  });
}

async function report(child: ChildProcess): Promise<MixReport> {
  const answer = told(child);
  child.send('report');
  return (await answer) as MixReport;
}

const round2 = (value: number): number => Math.round(value * 100) / 100;
const round3 = (value: number): number => Math.round(value * 1_000) / 1_000;
