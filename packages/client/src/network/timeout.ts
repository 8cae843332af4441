/** When a request counts as lost (docs/spec/04-mixing.md, 9). */
import { type Millis, SECOND } from '@tacet/base';
import type { Parameters } from '@tacet/directory';

/** The entry edge's delay, exponential, at p99.9. */
const ENTRY = 6.9;

export type Rates = Pick<Parameters, 'delayMeanMs' | 'slotMs'>;

/** @param drawn the packet's own delays, out and back */
export function requestTimeout({ delayMeanMs, slotMs }: Rates, drawn: Millis): Millis {
  return drawn + ENTRY * delayMeanMs + 2 * slotMs + 2 * SECOND;
}
