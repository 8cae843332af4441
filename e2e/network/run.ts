/** Plays the chapters on one town while its people write, and counts every text at the end. */
import { AppError } from '@tacet/base';
import { seededRng } from '@tacet/testkit';
import { FAST, Town } from '../lib/town.ts';
import { CHAPTERS } from './chapters.ts';
import { CLOCK, CLOCK_ENTRY, clockFile } from './clocks.ts';
import { Crowd, type Tally } from './crowd.ts';

export interface NetworkRunOptions {
  readonly people: number;
  readonly authorities: number;
  readonly mixesPerLayer: number;
  readonly edges: number;
  readonly epochMs: number;
  /** Beginnings of names of chapters; null for all. */
  readonly chapters: readonly string[] | null;
  readonly pauseMs: number;
  readonly seed: string;
  readonly say: (line: string) => void;
}

export interface ChapterResult {
  readonly name: string;
  readonly seconds: number;
  /** Texts given while it was played. */
  readonly texts: number;
  /** Of those given up to its end, not delivered within the patience. */
  readonly late: number;
  readonly faults: readonly string[];
}

export interface NetworkResult {
  readonly holds: boolean;
  readonly people: number;
  readonly processes: number;
  readonly chapters: readonly ChapterResult[];
  readonly tally: Tally;
  readonly crashed: readonly string[];
  readonly seconds: number;
  readonly seed: string;
}

/** Repairs of holes come after 1, 2, 4 minutes. */
const SETTLE = 480_000;

export async function network(options: NetworkRunOptions): Promise<NetworkResult> {
  const { epochMs, say, seed } = options;
  const chapters = CHAPTERS.filter(
    ({ name }) => options.chapters?.some((wanted) => name.startsWith(wanted)) ?? true,
  );
  if (chapters.length === 0) {
    const names = CHAPTERS.map(({ name }) => name).join(', ');
    throw new AppError('usage', 'usage', `--chapters names none of: ${names}`);
  }
  const parameters = {
    ...FAST,
    slotMs: 500,
    inUseSlotMs: 500,
    delayMeanMs: 100,
    digestMs: 1_000,
    epochMs,
    graceMs: Math.floor(epochMs / 8),
    keysAhead: 2,
    validEpochs: 3,
  };
  say(`seed ${seed}`);
  const { authorities, mixesPerLayer, edges } = options;
  let folder = '';
  const hasClock = (name: string): boolean => name.startsWith(CLOCK);
  const town = {
    ...{ parameters, authorities, mixesPerLayer, edges },
    onFolder: (dir: string) => {
      folder = dir;
    },
    daemonEntryOf: (name: string) => (hasClock(name) ? CLOCK_ENTRY : undefined),
    daemonArgs: (name: string) => (hasClock(name) ? ['--clock', clockFile(folder, name)] : []),
  };
  let result: NetworkResult | null = null;
  try {
    return await Town.with(town, async (made) => {
      result = await play(made, chapters, options);
      // Thrown, so that logs are kept.
      if (!result.holds) throw new Error('it does not hold');
      return result;
    });
  } catch (error) {
    if (result === null) throw error;
    say(error instanceof Error ? error.message : String(error));
    return result;
  }
}

async function play(
  town: Town,
  chapters: readonly (typeof CHAPTERS)[number][],
  options: NetworkRunOptions,
): Promise<NetworkResult> {
  const { people, pauseMs, epochMs, seed, say } = options;
  const began = performance.now();
  const crowd = await Crowd.gather(town, { people, pauseMs, say, rng: seededRng(seed) });
  const stage = { town, crowd, epochMs, say };
  say(`${crowd.people.length} people write to each other, after ${since(began)} s`);
  crowd.talk();
  const results: ChapterResult[] = [];
  for (const { name, expected, play: chapter } of chapters) {
    say(`${name}: ${expected}`);
    const [from, before] = [performance.now(), crowd.given];
    const faults = await chapter(stage);
    const texts = crowd.given - before;
    const late = (await crowd.settle(SETTLE)).length;
    const seconds = since(from);
    results.push({ name, seconds, texts, late, faults });
    say(`${name}: ${texts} texts, ${late} late, ${faults.length} faults, ${seconds} s`);
    for (const fault of faults.slice(0, 5)) say(`  ${fault}`);
  }
  const tally = await crowd.quiet(SETTLE);
  const crashed = town.crashed();
  const { lost, twice, foreign } = tally;
  return {
    holds:
      [lost, twice, foreign, crashed].every((list) => list.length === 0) &&
      tally.delivered === tally.given &&
      results.every(({ late, faults }) => late === 0 && faults.length === 0),
    people: crowd.people.length,
    processes: town.network.processes.length + crowd.people.length,
    chapters: results,
    tally,
    crashed,
    seconds: since(began),
    seed,
  };
}

function since(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10;
}

export function asTable(result: NetworkResult): string {
  const { tally } = result;
  const list = (name: string, items: readonly string[]): string =>
    [`${name.padEnd(10)} ${items.length}`, ...items.slice(0, 10).map((one) => `  ${one}`)].join(
      '\n',
    );
  return [
    'chapter                          texts   late      s',
    ...result.chapters.flatMap(({ name, texts, late, seconds, faults }) => [
      `${name.padEnd(30)} ${String(texts).padStart(7)} ${String(late).padStart(6)} ${seconds.toFixed(0).padStart(6)}`,
      ...faults.map((fault) => `  ${fault}`),
    ]),
    '',
    `people     ${result.people}, ${result.processes} processes`,
    `texts      ${tally.given}`,
    `delivered  ${tally.delivered}`,
    list('lost', tally.lost),
    list('twice', tally.twice),
    list('foreign', tally.foreign),
    list('crashed', result.crashed),
    `seed       ${result.seed}`,
    result.holds ? 'it holds' : 'IT DOES NOT HOLD',
  ].join('\n');
}
