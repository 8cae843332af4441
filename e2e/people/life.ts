/** What one of the six does at random moments, as drawn from the run's seed. */
import { type Millis, type Rng, randomExponential, randomInt } from '@tacet/base';
import { sleep } from '../lib/program.ts';
import type { Person } from './person.ts';
import type { Strand } from './strand.ts';

export interface LifeOptions {
  readonly rng: Rng;
  readonly strands: readonly Strand[];
  /** Mean pause between two acts, ms. */
  readonly pauseMs: Millis;
}

/** Goes on until `signal`; then finishes what was begun. */
export async function live(
  person: Person,
  { rng, strands, pauseMs }: LifeOptions,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await sleep(randomExponential(rng, pauseMs));
    if (signal.aborted) return;
    await drawn(strands, rng)?.act(person, rng);
  }
}

function drawn(strands: readonly Strand[], rng: Rng): Strand | undefined {
  let left = randomInt(
    rng,
    strands.reduce((sum, { weight }) => sum + weight, 0),
  );
  return strands.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
}
