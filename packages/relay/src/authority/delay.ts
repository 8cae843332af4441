/**
 * The mean mixing delay that a document sets (docs/spec/06-directory.md, 11.4): as long as the
 * pool of a quiet mix needs to hold P packets. Integers only, so that authorities agree.
 */
import { type Millis, SECOND } from '@tacet/base';
import type { Parameters } from '@tacet/directory';

/** Packets per 1,000 s to milliseconds for one packet. */
const SCALE = 1_000_000;
const LONGEST: Millis = 10 * SECOND;

/**
 * @param before the mean in force; @param rates of the mixes, per 1,000 s, 0 for unknown.
 * @returns `before` while fewer than half of the mixes know their rate.
 */
export function nextDelay(
  before: Millis,
  rates: readonly number[],
  parameters: Pick<Parameters, 'poolTarget' | 'slotMs'>,
): Millis {
  const known = rates.filter((rate) => rate > 0).toSorted((a, b) => a - b);
  if (known.length === 0 || 2 * known.length < rates.length) return before;
  const quiet = known[Math.floor((known.length - 1) / 4)] ?? 1;
  const shortest = Math.ceil(parameters.slotMs / 5);
  const wanted = Math.floor((SCALE * parameters.poolTarget) / quiet);
  const aim = Math.min(Math.max(wanted, shortest), LONGEST);
  const step = Math.max(1, Math.floor(before / 5));
  return Math.min(Math.max(aim, before - step), before + step);
}
