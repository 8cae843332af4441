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

const who = fc.constantFrom(0 as const, 1 as const);

const SIZES = fc.constantFrom(5, 5, 5, 3_000, 12_000);

const write = fc
  .tuple(who, SIZES)
  .map(([from, size]) =>
    step(size > 2_000 ? 'write-parts' : 'write', `write ${from} ${size}`, (pair) =>
      pair.write(from, size),
    ),
  );

/** One of the newest lines is answered. */
const reply = fc
  .tuple(who, fc.nat({ max: 5 }))
  .map(([from, answers]) =>
    step('answer', `answer ${from} ${answers}`, (pair) => pair.write(from, 5, answers)),
  );

const read = who.map((n) =>
  step('read', `read ${n}`, (pair) => {
    pair.people[n].act((client, now) => client.markRead('1', now));
  }),
);

/** A clock is never quite right: within what a client takes for right. */
const clock = fc.tuple(who, fc.integer({ min: -45, max: 45 })).map(([n, seconds]) =>
  step('clock', `clock ${n} ${seconds}`, (pair) => {
    pair.people[n].skew = seconds * SECOND;
  }),
);

const run = fc
  .integer({ min: 10, max: 420 })
  .map((seconds) => step('run', `run ${seconds}`, (pair) => pair.run(seconds * SECOND)));

const trouble = fc
  .tuple(fc.constantFrom(0, 10, 40, 100), fc.constantFrom(0, 20), fc.constantFrom(0, 30))
  .map(([lose, twice, late]) =>
    step('trouble', `trouble ${lose} ${twice} ${late}`, (pair) => {
      Object.assign(pair.layer.trouble, { lose, twice, late });
    }),
  );

/** Far enough to reach any point of a text's way, near enough to be reached in these minutes. */
const REACH: Readonly<Record<CrashPoint, number>> = {
  statement: 120,
  save: 16,
  await: 4,
  effect: 40,
};

/** Armed, then something to do that passes such points, on the one end or the other. */
const crash = fc
  .tuple(who, fc.constantFrom(...CRASH_POINTS), fc.nat(), who, SIZES, fc.nat({ max: 120 }))
  .map(([n, point, at, from, size, seconds]): Step => {
    const count = 1 + (at % REACH[point]);
    const say = `crash ${n} at ${point} ${count}, write ${from} ${size}, run ${seconds}`;
    return step(`crash-at-${point}`, say, async (pair) => {
      const person = pair.people[n];
      if (person.up) person.crashAt(point, count);
      pair.write(from, size);
      if (seconds > 0) await pair.run(seconds * SECOND);
    });
  });

const away = fc.tuple(who, fc.integer({ min: 1, max: 900 })).map(([n, seconds]) =>
  step('away', `away ${n} ${seconds}`, async (pair) => {
    pair.people[n].stop();
    await pair.run(seconds * SECOND);
    pair.people[n].start();
  }),
);

const bothAway = fc
  .integer({ min: 1, max: 30 * 24 })
  .map((hours) => step('both-away', `both away ${hours} h`, (pair) => pair.bothOff(hours * HOUR)));

/** One leaves, the other writes on and leaves, comes back first; boxes may have ended meanwhile. */
const apart = fc
  .tuple(who, fc.integer({ min: 1, max: 8 * 24 }), fc.integer({ min: 1, max: 8 }))
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

const copy = who.map((n) => step('copy', `copy ${n}`, (pair) => pair.copy(n)));

const rollBack = who.map((n) =>
  step('roll-back', `roll back ${n}`, (pair) => {
    pair.rollBack(n);
  }),
);

const STEPS: readonly fc.Arbitrary<Step>[] = [
  fc.oneof(
    { weight: 5, arbitrary: write },
    { weight: 2, arbitrary: reply },
    { weight: 1, arbitrary: read },
    { weight: 1, arbitrary: clock },
    { weight: 6, arbitrary: run },
    { weight: 2, arbitrary: trouble },
    { weight: 4, arbitrary: crash },
    { weight: 2, arbitrary: away },
    { weight: 1, arbitrary: bothAway },
    { weight: 1, arbitrary: apart },
    { weight: 1, arbitrary: lose },
    { weight: 2, arbitrary: copy },
    { weight: 2, arbitrary: rollBack },
  ),
];

export function steps(most = 25): fc.Arbitrary<Iterable<Step>> {
  return fc.commands([...STEPS], { maxCommands: most, size: 'max' });
}
