/** Plays random histories and counts what came up in them; stops at the first that breaks a rule. */
import { Tally } from '@tacet/testkit/model';
import fc from 'fast-check';
import { steps } from './commands.ts';
import { Pair, type PairOptions } from './pair.ts';

export interface PlayOptions {
  readonly runs: number;
  readonly seed: number;
  readonly fault?: PairOptions['fault'];
  /** One history in so many has libsignal's ratchet; 0: none. */
  readonly realEvery?: number;
  readonly mostSteps?: number;
  /** A failing history is made shorter first. */
  readonly shrink?: boolean;
  readonly onHistory?: (played: number) => void;
}

export interface Played {
  readonly histories: number;
  readonly tally: Tally;
  /** In how many histories each kind of event came up. */
  readonly seen: Tally;
  /** Of the history that broke a rule, or null. */
  readonly failure: {
    readonly message: string;
    readonly how: string;
    readonly path: string;
  } | null;
}

export async function play(options: PlayOptions): Promise<Played> {
  const tally = new Tally();
  const seen = new Tally();
  const { runs, seed, realEvery = 0 } = options;
  let played = 0;
  const ratchet = fc.integer({ min: 1, max: Math.max(1, realEvery) });
  const commanded = steps(options.mostSteps);
  const property = fc.asyncProperty(fc.nat(), ratchet, commanded, async (n, which, commands) => {
    played += 1;
    const own = new Tally();
    const real = realEvery > 0 && which === realEvery;
    if (real) own.add('real-ratchet');
    const pair = new Pair(`history ${n}`, {
      tally: own,
      ...(options.fault !== undefined && { fault: options.fault }),
      real,
      awake: which === 1,
    });
    await pair.meet();
    await fc.asyncModelRun(() => ({ model: {}, real: pair }), commands);
    await pair.peace();
    for (const { rank } of pair.accepted) own.add(`text-ended-${rank}`);
    for (const [what, times] of Object.entries(own.view())) {
      tally.add(what, times);
      seen.add(what);
    }
    options.onHistory?.(played);
  });
  const result = await fc.check(property, {
    numRuns: runs,
    seed,
    endOnFailure: options.shrink !== true,
  });
  if (!result.failed) return { histories: played, tally, seen, failure: null };
  const cause = result.errorInstance;
  const message = cause instanceof Error ? cause.message : String(cause);
  const [n, which, commands] = result.counterexample ?? [];
  const how = `history ${n}, ratchet ${which}: ${commands === undefined ? '' : fc.stringify(commands)}`;
  return {
    histories: played,
    tally,
    seen,
    failure: { message, how, path: result.counterexamplePath ?? '' },
  };
}
