/** Plays the chapters on one town while its people write, and counts every text at the end. */
import { availableParallelism } from 'node:os';
import { AppError } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { type Played, playChapter } from '../lib/chapters.ts';
import { judged, since } from '../lib/judged.ts';
import { priorityGranted } from '../lib/program.ts';
import { FAST, type Town } from '../lib/town.ts';
import { CHAPTERS } from './chapters.ts';
import { CLOCK } from './clocks.ts';
import { Crowd, type Tally } from './crowd.ts';
import { type Load, LoadMeter } from './load.ts';
import type { Chapter } from './stage.ts';

export interface NetworkRunOptions {
  readonly people: number;
  readonly authorities: number;
  readonly mixesPerLayer: number;
  readonly edges: number;
  readonly epochMs: number;
  readonly slotMs: number;
  /** Beginnings of names of chapters; null for all. */
  readonly chapters: readonly string[] | null;
  readonly pauseMs: number;
  readonly seed: string;
  readonly say: (line: string) => void;
}

export interface ChapterResult extends Played {
  /** Of the texts given up to its end, not confirmed within the patience. */
  readonly late: number;
  readonly load: Load;
  /** Of the texts given while it was played. */
  readonly tally: Tally;
}

export interface NetworkResult {
  readonly holds: boolean;
  readonly people: number;
  readonly processes: number;
  readonly epochMs: number;
  readonly slotMs: number;
  readonly chapters: readonly ChapterResult[];
  readonly all: Tally;
  readonly foreign: readonly string[];
  readonly crashed: readonly string[];
  readonly load: Load;
  /** Its programs went before others of this machine. */
  readonly priority: boolean;
  readonly cores: number;
  readonly seconds: number;
  readonly seed: string;
}

/** Repairs of holes come after 1, 2, 4 minutes. */
const SETTLE = 480_000;
/** How often a run says how it goes. */
const TICK = 20_000;

export async function network(options: NetworkRunOptions): Promise<NetworkResult> {
  const { epochMs, say, seed } = options;
  const chapters = CHAPTERS.filter(
    ({ name }) => options.chapters?.some((wanted) => name.startsWith(wanted)) ?? true,
  );
  if (chapters.length === 0) {
    const names = CHAPTERS.map(({ name }) => name).join(', ');
    throw new AppError('usage', 'usage', `--chapters names none of: ${names}`);
  }
  // Rates at which sixty processes leave two cores some room. Documents go round in the frames of
  // whoever is linked, two in a slot: some fifteen seconds for this network's.
  const { slotMs } = options;
  const parameters = {
    ...FAST,
    slotMs,
    inUseSlotMs: slotMs,
    delayMeanMs: 300,
    digestMs: 2_000,
    receiptInUseMs: 1_000,
    receiptMs: 1_000,
    receiptStrongMs: 1_000,
    secondCopyMinMs: 1_000,
    secondCopyMaxMs: 4_000,
    epochMs,
    graceMs: Math.floor(epochMs / 6),
    keysAhead: 2,
    validEpochs: 3,
  };
  say(`seed ${seed}`);
  const { authorities, mixesPerLayer, edges } = options;
  const town = {
    ...{ parameters, authorities, mixesPerLayer, edges, urgent: true },
    clocks: (name: string) => name.startsWith(CLOCK),
  };
  const holds = (result: NetworkResult): boolean => result.holds;
  return await judged(town, { holds, say }, (made) => play(made, chapters, options));
}

async function play(
  town: Town,
  chapters: readonly Chapter[],
  options: NetworkRunOptions,
): Promise<NetworkResult> {
  const { people, pauseMs, epochMs, slotMs, seed, say } = options;
  const began = performance.now();
  const meter = new LoadMeter(() => town.pids());
  const whole = meter.begin();
  const crowd = await Crowd.gather(town, { people, pauseMs, say, rng: seededRng(seed) });
  const stage = { town, crowd, epochMs, say };
  const processes = town.network.processes.length + crowd.people.length;
  say(`${crowd.people.length} people write to each other, after ${since(began)} s`);
  let now = '';
  let last = meter.begin();
  const ticker = setInterval(() => {
    const { machine, own } = last();
    last = meter.begin();
    const load = `processors ${machine} % busy, ${own} % with this`;
    say(`  ${Math.round(since(began))} s, ${now}: ${crowd.given} texts; ${load}`);
  }, TICK);
  const results: Promise<Omit<ChapterResult, 'tally'>>[] = [];
  const playOne = async (chapter: Chapter) => {
    const load = meter.begin();
    const played = { ...(await playChapter(chapter, stage)), load: load() };
    // The next chapter need not wait for what is on its way.
    const late = crowd.settle(SETTLE).then((open) => open.length);
    return { late, played };
  };
  try {
    crowd.talk();
    for (const chapter of chapters) {
      const playing = playOne(chapter);
      const done = playing.then(async ({ late, played }) => ({ ...played, late: await late }));
      // Whoever waits for all of them hears of it.
      done.catch(() => undefined);
      results.push(done);
      if (chapter.beside) continue;
      now = chapter.name;
      crowd.chapter = chapter.name;
      await playing;
    }
    now = 'the last texts';
    const played = await Promise.all(results);
    const { all, foreign, of } = await crowd.quiet(SETTLE);
    const crashed = town.crashed();
    return {
      holds:
        [all.lost, all.twice, foreign, crashed].every((list) => list.length === 0) &&
        all.delivered === all.given &&
        played.every(({ late, faults }) => late === 0 && faults.length === 0),
      people: crowd.people.length,
      processes,
      epochMs,
      slotMs,
      chapters: played.map((one) => ({ ...one, tally: of(one.name) })),
      all,
      foreign,
      crashed,
      load: whole(),
      priority: priorityGranted(),
      cores: availableParallelism(),
      seconds: since(began),
      seed,
    };
  } finally {
    clearInterval(ticker);
  }
}
