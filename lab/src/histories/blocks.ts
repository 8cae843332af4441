/**
 * Many histories in blocks, each with a seed of its own: what was played is kept after every block,
 * so that a long run goes on where it stopped, and runs of several processes add up.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Tally } from '@tacet/testkit/model';
import { commitName } from '../about.ts';
import { play } from './play.ts';

/** Histories of one block. */
const BLOCK = 100;
/** Seeds of blocks: those of different runs do not meet. */
const BLOCKS = 1_000;
/** One history in so many has libsignal's ratchet. */
const REAL_EVERY = 20;

export interface Blocks {
  readonly seeds: readonly number[];
  /** Of the code that played them. */
  readonly commits: readonly string[];
  readonly histories: number;
  readonly events: Readonly<Record<string, number>>;
  /** In how many histories each came up. */
  readonly seen: Readonly<Record<string, number>>;
  /** Seconds of processor time. */
  readonly cpu: number;
  readonly failed: readonly string[];
}

export function sum(all: readonly Blocks[]): Blocks {
  const tally = new Tally();
  const found = new Tally();
  for (const { events, seen } of all) {
    for (const [what, times] of Object.entries(events)) tally.add(what, times);
    for (const [what, times] of Object.entries(seen)) found.add(what, times);
  }
  return {
    seeds: [...new Set(all.flatMap(({ seeds }) => seeds))],
    commits: [...new Set(all.flatMap(({ commits }) => commits))],
    histories: all.reduce((n, { histories }) => n + histories, 0),
    events: tally.view(),
    seen: found.view(),
    cpu: all.reduce((n, { cpu }) => n + cpu, 0),
    failed: all.flatMap(({ failed }) => failed),
  };
}

/** @param file where it is kept, and goes on from; null: nowhere */
export async function playBlocks(
  options: { readonly runs: number; readonly seed: number; readonly file: string | null },
  say: (line: string) => void,
): Promise<Blocks> {
  const { runs, seed, file } = options;
  const commits = [commitName()];
  let done: Blocks = {
    seeds: [seed],
    commits,
    histories: 0,
    events: {},
    seen: {},
    cpu: 0,
    failed: [],
  };
  if (file !== null && existsSync(file)) done = readBlocks(file);
  if (done.seeds.join() !== String(seed)) throw new RangeError('kept for another seed');
  while (done.histories < runs && done.failed.length === 0) {
    const before = process.cpuUsage();
    const { histories, tally, seen, failure } = await play({
      runs: Math.min(BLOCK, runs - done.histories),
      seed: seed * BLOCKS + Math.floor(done.histories / BLOCK),
      realEvery: REAL_EVERY,
      shrink: true,
    });
    const failed =
      failure === null ? [] : [`${failure.message}; ${failure.how}; path ${failure.path}`];
    const { user, system } = process.cpuUsage(before);
    const cpu = Math.round((user + system) / 1e6);
    const events = tally.view();
    const block = { seeds: [seed], commits, histories, events, seen: seen.view(), cpu, failed };
    done = sum([done, block]);
    say(`seed ${seed}: ${done.histories} histories`);
    if (file === null) continue;
    writeFileSync(`${file}.new`, JSON.stringify(done));
    renameSync(`${file}.new`, file);
  }
  return done;
}

export function readBlocks(file: string): Blocks {
  return JSON.parse(readFileSync(file, 'utf8')) as Blocks;
}
