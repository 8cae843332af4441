/**
 * How long a new box lives (docs/spec/05-boxes.md, 9): its full life while there is room, less
 * the fuller the store is, so that a flood shortens what is to come and erases nothing.
 */

/** Parts of the store's capacity: life begins to shrink, is shortest, ends. */
const SHRINKS_FROM = 0.5;
const SHORTEST_FROM = 0.9;
const REFUSED_FROM = 0.95;
/**
 * Days are dropped whole: a box filled just before midnight and gone "the next day" would live
 * for minutes, so that the shortest life is written as two days and is one at least.
 */
const SHORTEST_DAYS = 2;

/**
 * @param full boxes held, as a part of the capacity
 * @param longest days of the network's parameters
 * @returns days to the expiry day, or null when nothing new is taken
 */
export function lifeDays(full: number, longest: number): number | null {
  if (full >= REFUSED_FROM) return null;
  const gone = (full - SHRINKS_FROM) / (SHORTEST_FROM - SHRINKS_FROM);
  const share = Math.min(1, Math.max(0, gone));
  // A hair is added: shares are not exact in binary, and a whole number must stay one.
  const days = Math.floor(longest - share * (longest - 1) + 1e-9);
  return Math.max(days, Math.min(SHORTEST_DAYS, longest));
}
