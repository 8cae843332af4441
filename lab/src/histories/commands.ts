/** The steps a history is made of, drawn by fast-check. */
import { CRASH_POINTS, type CrashPoint } from '@tacet/testkit/model';
import fc from 'fast-check';
import * as kinds from './kinds.ts';

const who = fc.constantFrom(0 as const, 1 as const);

const SIZES = fc.constantFrom(5, 5, 5, 3_000, 12_000);

const write = fc.tuple(who, SIZES).map((drawn) => kinds.write(...drawn));

const answer = fc.tuple(who, fc.nat({ max: 5 })).map((drawn) => kinds.answer(...drawn));

const read = who.map(kinds.read);

/** Within what a client takes for right. */
const clock = fc
  .tuple(who, fc.integer({ min: -45, max: 45 }))
  .map((drawn) => kinds.clock(...drawn));

const run = fc.integer({ min: 10, max: 420 }).map(kinds.run);

const trouble = fc
  .tuple(fc.constantFrom(0, 10, 40, 100), fc.constantFrom(0, 20), fc.constantFrom(0, 30))
  .map((drawn) => kinds.trouble(...drawn));

/** Far enough to reach any point of a text's way, near enough to be reached in these minutes. */
const REACH: Readonly<Record<CrashPoint, number>> = {
  statement: 120,
  save: 16,
  await: 4,
  effect: 40,
};

const crash = fc
  .tuple(who, fc.constantFrom(...CRASH_POINTS), fc.nat(), who, SIZES, fc.nat({ max: 120 }))
  .map(([n, point, at, ...then]) => kinds.crash(n, point, 1 + (at % REACH[point]), ...then));

/** What opening a store and the first minute pass. */
const START: Readonly<Record<CrashPoint, number>> = {
  statement: 40,
  save: 10,
  await: 2,
  effect: 12,
};

const crashInStart = fc
  .tuple(who, fc.constantFrom(...CRASH_POINTS), fc.nat(), fc.integer({ min: 1, max: 120 }))
  .map(([n, point, at, ...then]) => kinds.crashInStart(n, point, 1 + (at % START[point]), ...then));

const away = fc.tuple(who, fc.integer({ min: 1, max: 900 })).map((drawn) => kinds.away(...drawn));

const bothAway = fc.integer({ min: 1, max: 30 * 24 }).map(kinds.bothAway);

const apart = fc
  .tuple(who, fc.integer({ min: 1, max: 8 * 24 }), fc.integer({ min: 1, max: 8 }))
  .map((drawn) => kinds.apart(...drawn));

const lose = fc.nat({ max: 1 }).map(kinds.lose);

const copy = who.map(kinds.copy);

/** As long as it takes to the next own box, and longer. */
const setBack = fc
  .tuple(who, fc.integer({ min: 60, max: 1_200 }))
  .map((drawn) => kinds.setBack(...drawn));

const rollBack = who.map(kinds.rollBack);

const STEPS: readonly fc.Arbitrary<kinds.Step>[] = [
  fc.oneof(
    { weight: 5, arbitrary: write },
    { weight: 2, arbitrary: answer },
    { weight: 1, arbitrary: read },
    { weight: 1, arbitrary: clock },
    { weight: 6, arbitrary: run },
    { weight: 2, arbitrary: trouble },
    { weight: 4, arbitrary: crash },
    { weight: 2, arbitrary: crashInStart },
    { weight: 2, arbitrary: away },
    { weight: 1, arbitrary: bothAway },
    { weight: 1, arbitrary: apart },
    { weight: 1, arbitrary: lose },
    { weight: 2, arbitrary: copy },
    { weight: 2, arbitrary: rollBack },
    { weight: 1, arbitrary: setBack },
  ),
];

export function steps(most = 25): fc.Arbitrary<Iterable<kinds.Step>> {
  return fc.commands([...STEPS], { maxCommands: most, size: 'max' });
}
