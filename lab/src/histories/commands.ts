/** The steps a history is made of, as commands of fast-check. */
import { HOUR, MINUTE, SECOND } from '@tacet/base';
import { CRASH_POINTS, type CrashPoint } from '@tacet/testkit/model';
import fc from 'fast-check';
import type { Pair } from './pair.ts';

/** What the model knows besides the texts: nothing a step depends on. */
export type Nothing = Record<string, never>;
export type Step = fc.AsyncCommand<Nothing, Pair>;

function step(name: string, say: string, work: (pair: Pair) => Promise<void> | void): Step {
  return {
    check: () => true,
    async run(_model, pair) {
      pair.tally.add(name);
      await work(pair);
      pair.check();
    },
    toString: () => say,
  };
}

const who = fc.integer({ min: 0, max: 1 });

const write = fc
  .tuple(who, fc.constantFrom(5, 5, 5, 3_000, 12_000))
  .map(([from, size]) =>
    step(size > 2_000 ? 'write-parts' : 'write', `write ${from} ${size}`, (pair) =>
      pair.write(from, size),
    ),
  );

const run = fc
  .integer({ min: 10, max: 900 })
  .map((seconds) => step('run', `run ${seconds}`, (pair) => pair.run(seconds * SECOND)));

const trouble = fc
  .tuple(fc.constantFrom(0, 10, 40, 100), fc.constantFrom(0, 20), fc.constantFrom(0, 30))
  .map(([lose, twice, late]) =>
    step('trouble', `trouble ${lose} ${twice} ${late}`, (pair) => {
      Object.assign(pair.layer.trouble, { lose, twice, late });
    }),
  );

/** Far enough to reach any point of a text's way, near enough to be reached. */
const REACH: Readonly<Record<CrashPoint, number>> = {
  statement: 120,
  save: 25,
  await: 8,
  effect: 40,
};

const crash = fc
  .tuple(who, fc.constantFrom(...CRASH_POINTS), fc.nat())
  .map(([n, point, at]): Step => {
    const count = 1 + (at % REACH[point]);
    return step(`crash-at-${point}`, `crash ${n} at ${point} ${count}`, (pair) => {
      const person = pair.people[n];
      if (person?.up) person.crashAt(point, count);
    });
  });

const away = fc.tuple(who, fc.integer({ min: 1, max: 1_800 })).map(([n, seconds]) =>
  step('away', `away ${n} ${seconds}`, async (pair) => {
    pair.people[n]?.stop();
    await pair.run(seconds * SECOND);
    pair.people[n]?.start();
  }),
);

const bothAway = fc.integer({ min: 1, max: 30 * 24 }).map((hours) =>
  step('both-away', `both away ${hours} h`, (pair) => {
    for (const person of pair.people) person.stop();
    pair.layer.skip(pair.layer.now + hours * HOUR);
    for (const person of pair.people) person.start();
  }),
);

/** One leaves, the other writes on and leaves, comes back first; boxes may have ended meanwhile. */
const apart = fc
  .tuple(who, fc.integer({ min: 1, max: 8 * 24 }), fc.integer({ min: 1, max: 20 }))
  .map(([n, hours, minutes]) =>
    step('apart', `apart ${n} ${hours} h, ${minutes} min`, async (pair) => {
      const [gone, there] = n === 0 ? pair.people : [pair.people[1], pair.people[0]];
      gone.stop();
      await pair.run(minutes * MINUTE);
      there.stop();
      pair.layer.skip(pair.layer.now + hours * HOUR);
      there.start();
      await pair.run(minutes * MINUTE);
      gone.start();
    }),
  );

const lose = fc
  .nat({ max: 1 })
  .map((n) => step('edge-lost', `edge ${n} loses its boxes`, (pair) => pair.layer.loseEdge(n)));

const copy = who.map((n) => step('copy', `copy ${n}`, (pair) => pair.copy(n as 0 | 1)));

const rollBack = who.map((n) =>
  step('roll-back', `roll back ${n}`, (pair) => {
    pair.rollBack(n as 0 | 1);
  }),
);

/** Weights by repetition: fast-check draws commands evenly. */
const KINDS: readonly fc.Arbitrary<Step>[] = [
  fc.oneof(
    { weight: 6, arbitrary: write },
    { weight: 6, arbitrary: run },
    { weight: 2, arbitrary: trouble },
    { weight: 4, arbitrary: crash },
    { weight: 2, arbitrary: away },
    { weight: 1, arbitrary: bothAway },
    { weight: 1, arbitrary: apart },
    { weight: 1, arbitrary: lose },
    { weight: 2, arbitrary: copy },
    { weight: 1, arbitrary: rollBack },
  ),
];

export function steps(most = 25): fc.Arbitrary<Iterable<Step>> {
  return fc.commands([...KINDS], { maxCommands: most, size: 'max' });
}
