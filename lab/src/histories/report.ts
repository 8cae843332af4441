/** `npm run -s lab -- histories`: random histories, every crash point, planted bugs; one report. */
import { machineName } from '../about.ts';
import { type Blocks, playBlocks, readBlocks, sum } from './blocks.ts';
import { type NamedReport, namedPoints } from './named.ts';
import { PLANTS } from './plants.ts';
import { play } from './play.ts';
import { sweep } from './sweep.ts';

/** What must have come up often enough for the run to say something about it. */
const KINDS = [
  'write',
  'write-parts',
  'reply',
  'read',
  'clock',
  'request-lost',
  'answer-lost',
  'digest-lost',
  'request-twice',
  'answer-twice',
  'request-late',
  'answer-late',
  'away',
  'both-away',
  'apart',
  'edge-lost',
  'box-lost-unread',
  'box-expired-unread',
  'copy',
  'rolled-back',
  'copy-noticed',
  'crash-in-start',
  'crashed-at-statement',
  'crashed-at-save',
  'crashed-at-await',
  'crashed-at-effect',
];
/** In so many histories each, in a run of `FULL` or more. */
const LEAST = 1_000;
const FULL = 10_000;
/** Histories in which points are looked for by name. */
const NAMED = 60;

export interface HistoriesReport {
  readonly seeds: readonly number[];
  readonly histories: number;
  readonly realRatchet: number;
  readonly texts: number;
  readonly events: Readonly<Record<string, number>>;
  /** In how many histories each came up. */
  readonly seen: Readonly<Record<string, number>>;
  /** Seconds of processor time that the histories took. */
  readonly cpu: number;
  /** Points at which a process died once in a text's life: all there are. */
  readonly crashPoints: Readonly<Record<string, number>>;
  /** The same by name, at any time of random histories: awaits, saves, what is sent, statements. */
  readonly points: NamedReport;
  /** Histories until a planted bug was found, and the rule it broke. */
  readonly plants: Readonly<Record<string, string>>;
  /** What does not hold; empty: everything does. */
  readonly failed: readonly string[];
  readonly machine: string;
  readonly commits: readonly string[];
  readonly date: string;
}

export interface HistoriesOptions {
  readonly runs: number;
  readonly seed: number;
  /** Histories that were played and kept, instead of playing any. */
  readonly kept?: readonly string[];
}

export async function histories(
  options: HistoriesOptions,
  say: (line: string) => void,
): Promise<HistoriesReport> {
  const { runs, seed, kept } = options;
  const played: Blocks =
    kept === undefined
      ? await playBlocks({ runs, seed, file: null }, say)
      : sum(kept.map((file) => readBlocks(file)));
  const failed = [...played.failed];
  if (played.histories >= FULL) {
    for (const kind of KINDS) {
      if ((played.seen[kind] ?? 0) < LEAST) failed.push(`too few: ${kind}`);
    }
  }
  const crashPoints = await sweep({ stride: 1 });
  say(`crash points: ${JSON.stringify(crashPoints)}`);
  const points = await namedPoints(NAMED, seed);
  say(`points by name: ${Object.keys(points.died).length}, never: ${points.never.join(', ')}`);
  for (const name of points.never) failed.push(`never died at: ${name}`);
  const plants: Record<string, string> = {};
  for (const { name, within, make } of PLANTS) {
    const found = await play({ runs: within, seed, fault: make });
    const rule = found.failure?.message.split(':', 1)[0];
    plants[name] = rule === undefined ? 'not found' : `${found.histories}: ${rule}`;
    if (rule === undefined) failed.push(`planted and not found: ${name}`);
    say(`${name}: ${plants[name]}`);
  }
  const {
    'real-ratchet': realRatchet = 0,
    'text-ended-4': delivered = 0,
    'text-ended-5': read = 0,
    ...events
  } = played.events;
  return {
    seeds: played.seeds,
    histories: played.histories,
    realRatchet,
    texts: delivered + read,
    events,
    seen: played.seen,
    cpu: played.cpu,
    crashPoints,
    points,
    plants,
    failed,
    machine: machineName(),
    commits: played.commits,
    date: new Date().toISOString().slice(0, 10),
  };
}
