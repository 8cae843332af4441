/**
 * How long a file takes at the rhythm as it is (docs/spec/19-files.md, 4). Said before it is sent, as a range:
 * messages, reads and lost packets take slots, too.
 */
import { DAY, type Millis } from '@tacet/base';
import type { Parameters } from '@tacet/directory';

export interface Estimate {
  readonly boxes: number;
  readonly leastMs: Millis;
  readonly mostMs: Millis;
  /** False: it would take longer than half of a box's life at the slowest rhythm. */
  readonly fits: boolean;
}

/** Copies of a box, each in a slot of its own. */
const COPIES = 2;
/** Slots that other things take. */
const CROWDED = 1.5;
/** Delays from a slot to the reader: to the box, and of a read that a digest made. */
const DELAYS = 12;

/** @param boxes that are to be written @param period ms between slots now */
export function estimateOf(boxes: number, period: Millis, parameters: Parameters): Estimate {
  const { loopPermille, delayMeanMs, digestMs, slotMs, boxLifeDays } = parameters;
  const at = (slot: Millis): Millis => (COPIES * boxes * slot) / (1 - loopPermille / 1_000);
  const tail = DELAYS * delayMeanMs + digestMs;
  return {
    boxes,
    leastMs: Math.round(at(period)),
    mostMs: Math.round(CROWDED * at(period) + 2 * tail),
    fits: at(slotMs) <= (boxLifeDays * DAY) / 2,
  };
}
