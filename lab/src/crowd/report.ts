/** `npm run lab -- crowd`: does the range hold the truth, and does it miss when the rate is wrong? */
import { chanceRun, crowdRun } from './world.ts';

const PEOPLE = [50, 200, 1_000] as const;

export interface CrowdReport {
  readonly rows: readonly {
    readonly people: number;
    readonly runs: number;
    /** Runs whose range holds the truth. */
    readonly held: number;
    /** Medians of the ends of the range. */
    readonly low: number;
    readonly high: number;
    /** The same with people who write three times as much cover as the document says. */
    readonly heldAtWrongRate: number;
    /** High end over the honest one when one edge of five copies what others announce. */
    readonly oneLiar: number;
    /** Low end over the honest one when one edge of five announces nothing. */
    readonly oneSilent: number;
  }[];
  readonly held: boolean;
}

export function crowdReport(
  runs: number,
  seed: number,
  say: (line: string) => void,
  crowds: readonly number[] = PEOPLE,
): CrowdReport {
  const rows = crowds.map((people) => {
    const plans = Array.from({ length: runs }, (_, n) => chanceRun(people, `${seed + n}`));
    const outcomes = plans.map((plan) => crowdRun(plan));
    const wrong = plans.map((plan) => crowdRun({ ...plan, realADay: 0, coverTimes: 3 }));
    const five = { seed: `${seed}/five`, people, edges: 5, inUse: 0.2, realADay: 40 };
    const honest = crowdRun(five).view;
    const liar = crowdRun({ ...five, liars: 1 }).view;
    const silent = crowdRun({ ...five, silent: 1 }).view;
    const row = {
      people,
      runs,
      held: outcomes.filter(({ covers }) => covers).length,
      low: middle(outcomes.map(({ view }) => view.low ?? 0)),
      high: middle(outcomes.map(({ view }) => view.high ?? 0)),
      heldAtWrongRate: wrong.filter(({ covers }) => covers).length,
      oneLiar: ratio(liar.high, honest.high),
      oneSilent: ratio(silent.low, honest.low),
    };
    say(JSON.stringify(row));
    return row;
  });
  const held = rows.every((row) => row.held >= 0.9 * runs && row.heldAtWrongRate <= 0.1 * runs);
  return { rows, held };
}

function ratio(a: number | null, b: number | null): number {
  return Math.round((100 * (a ?? 0)) / (b ?? 1)) / 100;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
