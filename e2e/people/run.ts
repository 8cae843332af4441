/** Plays the lives of six people on one town, and compares every store with what they did. */
import { seededRng } from '@tacet/testkit';
import { type Played, playChapter } from '../lib/chapters.ts';
import { judged, since } from '../lib/judged.ts';
import { priorityGranted } from '../lib/program.ts';
import { FAST, type Town } from '../lib/town.ts';
import { LoadMeter } from '../network/load.ts';
import { within } from '../network/stage.ts';
import { Watcher } from '../restart/watcher.ts';
import { Arrangements, Notes } from './arrangements.ts';
import { audit, type Findings } from './audit.ts';
import { CHAPTERS, NAMES } from './chapters.ts';
import { type Control, controls } from './controls.ts';
import { auditIdentities } from './identities.ts';
import { Ledger } from './ledger.ts';
import { auditLevel } from './levels.ts';
import { live } from './life.ts';
import { Person } from './person.ts';
import { tellWhatIsRead } from './reading.ts';
import { auditAcquaintance } from './refusals.ts';
import type { Stage } from './stage.ts';
import type { Strand } from './strand.ts';
import { Talk } from './talk.ts';
import { auditTimer } from './timers.ts';
import { auditTrust } from './verification.ts';

export interface PeopleOptions {
  readonly epochMs: number;
  readonly slotMs: number;
  /** Mean pause of a person between two acts, ms. */
  readonly pauseMs: number;
  readonly seed: string;
  readonly say: (line: string) => void;
}

export interface ChapterResult extends Played {
  /** Given while it was played. */
  readonly acts: number;
}

export interface PersonResult extends Findings {
  readonly backwards: readonly string[];
  readonly gaps: readonly string[];
  readonly events: number;
  readonly lives: number;
  readonly deadLetters: number;
  readonly alarms: Readonly<Record<string, number>>;
}

export interface PeopleResult {
  readonly holds: boolean;
  readonly chapters: readonly ChapterResult[];
  readonly people: readonly PersonResult[];
  readonly controls: readonly Control[];
  readonly crashed: readonly string[];
  readonly processes: number;
  readonly epochs: number;
  /** From the last act until everything was confirmed, s. */
  readonly settled: number;
  readonly seconds: number;
  readonly loadPct: number;
  readonly machineLoadPct: number;
  /** Its programs went before others of this machine. */
  readonly priority: boolean;
  readonly seed: string;
}

const VALID_EPOCHS = 3;
/** Who lost digests, and with them perhaps a receipt, asks again after ten minutes at the latest. */
const SETTLE = 660_000;

export async function people(options: PeopleOptions): Promise<PeopleResult> {
  const { epochMs, slotMs, seed, say } = options;
  const parameters = {
    ...FAST,
    ...{ slotMs, inUseSlotMs: slotMs, delayMeanMs: 60, digestMs: 1_000 },
    ...{ receiptInUseMs: 500, receiptMs: 500, receiptStrongMs: 500 },
    ...{ epochMs, graceMs: epochMs / 6, keysAhead: 2, validEpochs: VALID_EPOCHS },
  };
  say(`seed ${seed}`);
  const town = { ...{ parameters, mixesPerLayer: 2, edges: 3, urgent: true }, clocks: () => true };
  const holds = (result: PeopleResult): boolean => result.holds;
  return await judged(town, { holds, say }, (made) => play(made, options));
}

async function play(town: Town, options: PeopleOptions): Promise<PeopleResult> {
  const { seed, say, epochMs, pauseMs } = options;
  const began = performance.now();
  const load = new LoadMeter(() => town.pids()).begin();
  const all = await Promise.all(NAMES.map((name) => Person.enter(town, name)));
  const byName = new Map(all.map((one) => [one.name, one]));
  const ledger = new Ledger();
  const strands: Strand[] = [new Talk(ledger), new Arrangements(), new Notes()];
  const stage: Stage = {
    ...{ town, ledger, seed, epochMs, validEpochs: VALID_EPOCHS, say, people: all },
    person(name) {
      const one = byName.get(name);
      if (one === undefined) throw new RangeError(`nobody is called ${name}`);
      return one;
    },
  };
  await stage.person('carol').goThrough();
  const watchers = all.map(
    (one) =>
      new Watcher(
        one.daemon,
        () => one.conversations,
        () => one.mayGo,
      ),
  );
  const over = new AbortController();
  const lives: Promise<void>[] = [];
  try {
    const chapters: ChapterResult[] = [];
    for (const chapter of CHAPTERS) {
      ledger.chapter = chapter.name;
      chapters.push({ ...(await playChapter(chapter, stage)), acts: 0 });
      say(`  ${ledger.done} acts so far`);
      if (lives.length > 0) continue;
      for (const one of all) {
        const rng = seededRng(`${seed}/${one.name}`);
        lives.push(live(one, { rng, strands, pauseMs }, over.signal));
      }
    }
    over.abort();
    await Promise.all(lives);
    const last = performance.now();
    say(`all ${ledger.done} acts are given`);
    for (const name of (await Promise.all(all.map(settle))).flat()) say(`${name} is not done`);
    for (const name of await tellWhatIsRead(all)) say(`texts of ${name} are not read`);
    const settled = since(last);
    await Promise.all(watchers.map((one) => one.stop()));
    const results = await Promise.all(
      all.map((one, i) => account(one, ledger, strands, watchers[i])),
    );
    const planted = await controls(stage.person('alice'), 'bob', ledger);
    const crashed = town.crashed();
    const { own, machine } = load();
    const seconds = since(began);
    return {
      holds:
        crashed.length === 0 &&
        chapters.every(({ faults }) => faults.length === 0) &&
        results.every(agrees) &&
        planted.every(({ found }) => found),
      chapters: chapters.map((one) => ({
        ...one,
        acts: ledger.acts.get(one.name) ?? 0,
      })),
      people: results,
      controls: planted,
      crashed,
      processes: town.pids().length,
      epochs: Math.floor((seconds * 1_000) / epochMs),
      settled,
      seconds,
      loadPct: own,
      machineLoadPct: machine,
      priority: priorityGranted(),
      seed,
    };
  } finally {
    over.abort();
    for (const one of all) await one.leave();
  }
}

export function agrees(one: PersonResult): boolean {
  const lists = [one.lost, one.twice, one.foreign, one.disordered, one.untrue];
  return (
    [...lists, one.backwards, one.gaps].every((list) => list.length === 0) && one.deadLetters === 0
  );
}

/** Nothing of theirs is on its way any more; the name when it still is. */
async function settle({ name, daemon }: Person): Promise<string[]> {
  const done = await within(SETTLE, async () => {
    return (await daemon.api.call('status', {})).status?.outbox === 0;
  });
  return done ? [] : [name];
}

async function account(
  person: Person,
  ledger: Ledger,
  strands: readonly Strand[],
  watcher: Watcher | undefined,
): Promise<PersonResult> {
  const { status } = await person.daemon.api.call('status', {});
  const found = await audit(person, ledger);
  const others = await Promise.all(strands.map((one) => one.audit(person)));
  return {
    ...found,
    untrue: [
      ...found.untrue,
      ...others.flat(),
      ...(await auditTrust(person)),
      ...(await auditTimer(person)),
      ...(await auditAcquaintance(person)),
      ...(await auditIdentities(person)),
      ...(await auditLevel(person)),
    ],
    backwards: watcher?.backwards ?? [],
    gaps: watcher?.gaps ?? [],
    events: watcher?.events ?? 0,
    lives: person.daemon.lives,
    deadLetters: status?.deadLetters ?? 0,
    alarms: Object.fromEntries(watcher?.alarms ?? []),
  };
}
