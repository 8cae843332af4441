/**
 * Every point at which a process may die, by name: random histories are played, and each point that
 * one of them passes is died at once, by both people, where it is passed first in a history.
 */
import { NamedPoints } from '@tacet/testkit/model';
import fc from 'fast-check';
import { steps } from './commands.ts';
import { Pair } from './pair.ts';
import { said } from './said.ts';

export interface NamedReport {
  /** Histories whose points are these. */
  readonly histories: number;
  /** Times a process died at each. */
  readonly died: Readonly<Record<string, number>>;
  /** Passed, and nobody ever died there. */
  readonly never: readonly string[];
}

/** In so many histories a point is tried again, where what came before it went otherwise. */
const TRIES = 5;

/** Throws `Broken` at the first history that breaks a rule. */
export async function namedPoints(runs: number, seed: number): Promise<NamedReport> {
  const died = new Map<string, number>();
  const tries = new Map<string, number>();
  for (const [n, commands] of fc.sample(steps(), { numRuns: runs, seed }).entries()) {
    const text = [...commands].map(String).join();
    if (text === '') continue;
    const { passed } = await playNamed(text, n, null);
    for (const name of passed) {
      const tried = tries.get(name) ?? 0;
      if (died.has(name) || tried >= TRIES) continue;
      tries.set(name, tried + 1);
      const { crashes } = await playNamed(text, n, name);
      if (crashes > 0) died.set(name, crashes);
    }
  }
  return {
    histories: runs,
    died: Object.fromEntries([...died].sort(([a], [b]) => (a < b ? -1 : 1))),
    never: [...tries.keys()].filter((name) => !died.has(name)).sort(),
  };
}

/** @param target where both die; null: nowhere */
async function playNamed(
  text: string,
  n: number,
  target: string | null,
): Promise<{ readonly passed: ReadonlySet<string>; readonly crashes: number }> {
  const pair = new Pair(`named ${n}`);
  await pair.meet();
  const points = pair.people.map(({ store }) => {
    store.named = new NamedPoints(target);
    return store.named;
  });
  for (const step of said(text)) await step.run({}, pair);
  await pair.peace();
  const passed = new Set(points.flatMap((one) => [...one.passed]));
  const crashes = points.reduce((sum, { died }) => sum + (died ? 1 : 0), 0);
  return { passed, crashes };
}
