/** A history as a failure prints it, read back into steps: to play it again, and to keep it as a test. */
import { CRASH_POINTS } from '@tacet/testkit/model';
import * as kinds from './kinds.ts';
import { Pair, type PairOptions } from './pair.ts';

/** Of each kind what it says; `#` is a number, `@` a person. */
const FORMS: readonly (readonly [string, (...n: number[]) => kinds.Step])[] = [
  ['write @ #', (n = 0, size = 0) => kinds.write(who(n), size)],
  ['answer @ #', (n = 0, back = 0) => kinds.answer(who(n), back)],
  ['read @', (n = 0) => kinds.read(who(n))],
  ['clock @ #', (n = 0, seconds = 0) => kinds.clock(who(n), seconds)],
  ['run #', (seconds = 0) => kinds.run(seconds)],
  ['trouble # # #', (lose = 0, twice = 0, late = 0) => kinds.trouble(lose, twice, late)],
  ['away @ #', (n = 0, seconds = 0) => kinds.away(who(n), seconds)],
  ['both away # h', (hours = 0) => kinds.bothAway(hours)],
  ['apart @ # h, # min', (n = 0, hours = 0, minutes = 0) => kinds.apart(who(n), hours, minutes)],
  ['edge # loses its boxes', (edge = 0) => kinds.lose(edge)],
  ['copy @', (n = 0) => kinds.copy(who(n))],
  ['set back @ by #', (n = 0, seconds = 0) => kinds.setBack(who(n), seconds)],
  ['roll back @', (n = 0) => kinds.rollBack(who(n))],
  ...CRASH_POINTS.map(
    (point) =>
      [
        `start @ crashes at ${point} #, run #`,
        (n = 0, count = 1, seconds = 0) => kinds.crashInStart(who(n), point, count, seconds),
      ] as const,
  ),
  ...CRASH_POINTS.map(
    (point) =>
      [
        `crash @ at ${point} #, write @ #, run #`,
        (n = 0, count = 1, from = 0, size = 5, seconds = 0) =>
          kinds.crash(who(n), point, count, who(from), size, seconds),
      ] as const,
  ),
];

function who(n: number): 0 | 1 {
  return n === 0 ? 0 : 1;
}

/** Throws `RangeError` where a step is none. Steps are parted by commas without a space after them. */
export function said(text: string): kinds.Step[] {
  return text.split(/,(?! )/).map((words) => {
    for (const [form, make] of FORMS) {
      const like = form.replaceAll('@', '([01])').replaceAll('#', '(-?\\d+)');
      const found = new RegExp(`^${like}$`).exec(words.trim());
      if (found !== null) return make(...found.slice(1).map(Number));
    }
    throw new RangeError(`no step: ${words}`);
  });
}

/** Plays one history to its end. Throws `Broken`. */
export async function playSaid(
  text: string,
  seed: string,
  options: PairOptions = {},
): Promise<Pair> {
  const pair = new Pair(seed, options);
  await pair.meet();
  for (const step of said(text)) await step.run({}, pair);
  await pair.peace();
  return pair;
}
