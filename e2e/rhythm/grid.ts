/**
 * How well instants lie on a grid. Frames leave in the order of their slots, so frame i belongs
 * to slot i, plus the slots left out before it. Lateness is counted from the earliest frame.
 */

export interface GridFit {
  /** Milliseconds after the instant of the grid, in order. */
  readonly lateness: readonly number[];
  /** Slots left out; a frame too many shows as one slot left out in all that came before it. */
  readonly missed: number;
}

/** Frames looked at to tell a slot left out from one late frame. */
const LOOK = 20;

export function fitGrid(instants: readonly number[], period: number): GridFit {
  if (instants.length === 0) throw new RangeError('no instants');
  const behind = instants.map((at, i) => at - i * period);
  const phase = Math.min(...behind);
  let missed = 0;
  const lateness = behind.map((at, i) => {
    // Lateness passes; a slot that was left out stays.
    const least = Math.min(...behind.slice(i, i + LOOK));
    missed = Math.max(missed, Math.round((least - phase) / period));
    return at - phase - missed * period;
  });
  return { lateness, missed };
}

export function intervals(instants: readonly number[]): number[] {
  return instants.slice(1).map((at, i) => at - (instants[i] ?? at));
}

/** The value below which a share `q` lies; the largest for a share of 1. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
