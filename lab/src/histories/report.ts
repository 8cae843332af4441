/** `npm run -s lab -- histories`: random histories, every crash point, planted bugs; one report. */
import { PLANTS } from './plants.ts';
import { play } from './play.ts';
import { sweep } from './sweep.ts';

/** What must have come up often enough for the run to say something about it. */
const KINDS = [
  'write',
  'write-parts',
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
  'rolled-back',
  'crashed-at-statement',
  'crashed-at-save',
  'crashed-at-await',
  'crashed-at-effect',
];
/** So often each, in a run of `FULL` histories or more. */
const LEAST = 1_000;
const FULL = 10_000;
/** One history in so many has libsignal's ratchet. */
const REAL_EVERY = 20;
const TOLD_EVERY = 500;

export interface HistoriesReport {
  readonly seed: number;
  readonly histories: number;
  readonly realRatchet: number;
  readonly texts: number;
  readonly events: Readonly<Record<string, number>>;
  /** Points at which a process died once in a text's life: all there are. */
  readonly crashPoints: Readonly<Record<string, number>>;
  /** Histories until a planted bug was found, and the rule it broke. */
  readonly plants: Readonly<Record<string, string>>;
  /** What does not hold; empty: everything does. */
  readonly failed: readonly string[];
}

export async function histories(
  options: { readonly runs: number; readonly seed: number },
  say: (line: string) => void,
): Promise<HistoriesReport> {
  const { runs, seed } = options;
  const failed: string[] = [];
  const { histories, tally, failure } = await play({
    runs,
    seed,
    realEvery: REAL_EVERY,
    shrink: true,
    onHistory: (played) => {
      if (played % TOLD_EVERY === 0) say(`${played} histories`);
    },
  });
  if (failure !== null) failed.push(`${failure.message}; ${failure.how}; path ${failure.path}`);
  if (runs >= FULL) {
    for (const kind of KINDS) if (tally.of(kind) < LEAST) failed.push(`too few: ${kind}`);
  }
  const crashPoints = await sweep({ stride: 1 });
  say(`crash points: ${JSON.stringify(crashPoints)}`);
  const plants: Record<string, string> = {};
  for (const { name, within, make } of PLANTS) {
    const found = await play({ runs: within, seed, fault: make });
    const rule = found.failure?.message.split(':', 1)[0];
    plants[name] = rule === undefined ? 'not found' : `${found.histories}: ${rule}`;
    if (rule === undefined) failed.push(`planted and not found: ${name}`);
    say(`${name}: ${plants[name]}`);
  }
  const { 'real-ratchet': realRatchet = 0, 'text-ended-4': texts = 0, ...events } = tally.view();
  return { seed, histories, realRatchet, texts, events, crashPoints, plants, failed };
}
