/** What may happen in a history, one function a kind; each says itself, and `said` reads it again. */
import { HOUR, MINUTE, SECOND } from '@tacet/base';
import type { CrashPoint } from '@tacet/testkit/model';
import type { AsyncCommand } from 'fast-check';
import type { Pair } from './pair.ts';

/** What the model knows besides the texts: nothing a step depends on. */
export type Nothing = Record<string, never>;
export type Step = AsyncCommand<Nothing, Pair>;
type Who = 0 | 1;

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

export const write = (from: Who, size: number): Step =>
  step(size > 2_000 ? 'write-parts' : 'write', `write ${from} ${size}`, (pair) =>
    pair.write(from, size),
  );

/** One of the newest lines is answered. */
export const answer = (from: Who, back: number): Step =>
  step('answer', `answer ${from} ${back}`, (pair) => pair.write(from, 5, back));

export const read = (n: Who): Step =>
  step('read', `read ${n}`, (pair) => {
    pair.people[n].act((client, now) => client.markRead('1', now));
  });

/** A clock is never quite right. */
export const clock = (n: Who, seconds: number): Step =>
  step('clock', `clock ${n} ${seconds}`, (pair) => {
    pair.people[n].setClock(seconds * SECOND);
  });

export const run = (seconds: number): Step =>
  step('run', `run ${seconds}`, (pair) => pair.run(seconds * SECOND));

/** Chances of one in a hundred. */
export const trouble = (lose: number, twice: number, late: number): Step =>
  step('trouble', `trouble ${lose} ${twice} ${late}`, (pair) => {
    Object.assign(pair.layer.trouble, { lose, twice, late });
  });

/** Armed, then something to do that passes such points, on the one end or the other. */
export const crash = (
  n: Who,
  point: CrashPoint,
  count: number,
  from: Who,
  size: number,
  seconds: number,
): Step =>
  step(
    `crash-at-${point}`,
    `crash ${n} at ${point} ${count}, write ${from} ${size}, run ${seconds}`,
    async (pair) => {
      const person = pair.people[n];
      if (person.up) person.crashAt(point, count);
      pair.write(from, size);
      if (seconds > 0) await pair.run(seconds * SECOND);
    },
  );

/** It ends, and dies again while it starts or soon after. */
export const crashInStart = (n: Who, point: CrashPoint, count: number, seconds: number): Step =>
  step(
    'crash-in-start',
    `start ${n} crashes at ${point} ${count}, run ${seconds}`,
    async (pair) => {
      const person = pair.people[n];
      person.stop();
      person.crashInNextStart(point, count);
      person.start();
      await pair.run(seconds * SECOND);
    },
  );

export const away = (n: Who, seconds: number): Step =>
  step('away', `away ${n} ${seconds}`, async (pair) => {
    pair.people[n].stop();
    await pair.run(seconds * SECOND);
    pair.people[n].start();
  });

export const bothAway = (hours: number): Step =>
  step('both-away', `both away ${hours} h`, (pair) => pair.bothOff(hours * HOUR));

/** One leaves, the other writes on and leaves, comes back first; boxes may have ended meanwhile. */
export const apart = (n: Who, hours: number, minutes: number): Step =>
  step('apart', `apart ${n} ${hours} h, ${minutes} min`, async (pair) => {
    const [gone, there] = n === 0 ? pair.people : [pair.people[1], pair.people[0]];
    gone.stop();
    await pair.run(minutes * MINUTE);
    there.stop();
    pair.layer.skip(pair.layer.now + hours * HOUR);
    there.start();
    await pair.run(minutes * MINUTE);
    gone.start();
  });

export const lose = (edge: number): Step =>
  step('edge-lost', `edge ${edge} loses its boxes`, (pair) => pair.layer.loseEdge(edge));

export const copy = (n: Who): Step => step('copy', `copy ${n}`, (pair) => pair.copy(n));

/** Put back to what it was so long ago. */
export const setBack = (n: Who, seconds: number): Step =>
  step('set-back', `set back ${n} by ${seconds}`, async (pair) => {
    pair.copy(n);
    await pair.run(seconds * SECOND);
    pair.rollBack(n);
  });

export const rollBack = (n: Who): Step =>
  step('roll-back', `roll back ${n}`, (pair) => pair.rollBack(n));
