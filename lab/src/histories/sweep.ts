/**
 * A text of two parts from writing to receipt, once for each point at which a process may die:
 * before every statement, after every save, around every await, before every effect, at either end.
 */
import { MINUTE } from '@tacet/base';
import { CRASH_POINTS, type CrashPoint } from '@tacet/testkit/model';
import { Pair, type PairOptions } from './pair.ts';

export interface SweepOptions {
  /** Every so-manyth point; 1: all. */
  readonly stride: number;
  readonly fault?: PairOptions['fault'];
}

/** How many points were tried, by kind. Throws `Broken` at the first that breaks a rule. */
export async function sweep(options: SweepOptions): Promise<Record<CrashPoint, number>> {
  const tried: Record<CrashPoint, number> = { statement: 0, save: 0, await: 0, effect: 0 };
  for (const who of [0, 1] as const) {
    for (const point of CRASH_POINTS) {
      let crashed = true;
      for (let at = 1; crashed; at += options.stride) {
        crashed = await life(who, point, at, options);
        if (crashed) tried[point] += 1;
      }
    }
  }
  return tried;
}

/** False when the text was through before that point. */
async function life(
  who: 0 | 1,
  point: CrashPoint,
  at: number,
  { fault }: SweepOptions,
): Promise<boolean> {
  const pair = new Pair('sweep', { ...(fault !== undefined && { fault }) });
  await pair.meet();
  await pair.run(2 * MINUTE);
  const person = pair.people[who];
  person.crashAt(point, at);
  pair.write(0, 3_000);
  await pair.run(8 * MINUTE);
  await pair.peace();
  return person.crashes > 0;
}
