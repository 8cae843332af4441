/** How well instants lie on a grid: its phase from the earliest of them, then their lateness. */

export interface GridFit {
  /** Milliseconds after the instant of the grid, in order. */
  readonly lateness: readonly number[];
  /** Instants of the grid without a frame, and frames that share one. */
  readonly missed: number;
  readonly doubled: number;
}

export function fitGrid(instants: readonly number[], period: number): GridFit {
  const first = instants[0];
  if (first === undefined) throw new RangeError('no instants');
  // Against the first frame, whose own lateness is unknown; a late one may seem to come early.
  const offsets = instants.map((at) => {
    const slot = Math.round((at - first) / period);
    return { slot, offset: at - first - slot * period };
  });
  const phase = Math.min(...offsets.map(({ offset }) => offset));
  const slots = new Set(offsets.map(({ slot }) => slot));
  const span = Math.max(...slots) - Math.min(...slots) + 1;
  return {
    lateness: offsets.map(({ offset }) => offset - phase),
    missed: span - slots.size,
    doubled: instants.length - slots.size,
  };
}

export function intervals(instants: readonly number[]): number[] {
  return instants.slice(1).map((at, i) => at - (instants[i] ?? at));
}

/** The value below which a share `q` lies; the largest for a share of 1. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
