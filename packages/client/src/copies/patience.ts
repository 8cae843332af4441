/**
 * How long content waits at most for the word that no copy of this store runs
 * (docs/spec/10-store.md, 7): for a request that was lost, a second one, and the digests after it.
 */
import { MINUTE, type Millis } from '@tacet/base';
import type { Parameters } from '@tacet/directory';
import { requestTimeout } from '../network/timeout.ts';

/** Digests after which the other one had time to see this one's first box and to answer it. */
export const DIGESTS = 3;
/** An edge that is down must stop nobody. */
const LONGEST: Millis = MINUTE;
/** Delays a request draws on its way out and back, as a mean. */
const DRAWN = 6;
/** Loops one waits for: one sent after the loss has to come back before anything is tried again. */
const LOOPS = 2;

export type Rates = Pick<Parameters, 'delayMeanMs' | 'slotMs' | 'loopPermille' | 'digestMs'>;

export function patienceOf(rates: Rates): Millis {
  const { delayMeanMs, slotMs, loopPermille, digestMs } = rates;
  const request = requestTimeout(rates, DRAWN * delayMeanMs);
  const between = (slotMs * 1_000) / Math.max(loopPermille, 1);
  return Math.min(2 * request + LOOPS * between + DIGESTS * digestMs, LONGEST);
}
