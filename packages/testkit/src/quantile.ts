/** Where the values of a sample lie. */

/**
 * The value below which a share `q` (0 to 1) of the sample lies: one of its own, the largest for 1. NaN of
 * an empty sample. `values` may stand in any order, and stay so.
 */
export function quantile(values: readonly number[] | Float64Array, q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** The larger of the two in the middle where their number is even. */
export function median(values: readonly number[] | Float64Array): number {
  return quantile(values, 0.5);
}
