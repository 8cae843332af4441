/** Time is a parameter of every machine. */

/** Milliseconds since the Unix epoch (machines) or a span of milliseconds. May have a fraction. */
export type Millis = number;

/** Wall-clock time as the host sees it. Machines get `now` as an argument instead. */
export interface Clock {
  now(): Millis;
}

export const SECOND: Millis = 1_000;
export const MINUTE: Millis = 60_000;
export const HOUR: Millis = 3_600_000;
export const DAY: Millis = 86_400_000;

/** Days since the Unix epoch, UTC. Boxes live and die by whole days. */
export function dayOf(now: Millis): number {
  return Math.floor(now / DAY);
}
