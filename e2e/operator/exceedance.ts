/**
 * Were texts of one time later than those of another? An exact test without a model of how long a
 * text takes: if both times are alike, how many of `m` exceed the r-th largest of `n` is negative
 * hypergeometric. It compares the 99th percentiles: more than one in a hundred exceeds exactly when
 * the percentile is higher, and the chance says how much of that the small numbers explain.
 *
 * Texts that wait for the same thing are late together; the chance is then larger than stated, and
 * the test too strict rather than too lenient.
 */

export interface Exceedance {
  /** The 99th percentile of the calm ones. */
  readonly threshold: number;
  /** How many of the others are larger. */
  readonly count: number;
  /** That so many or more are, if nothing is different. */
  readonly chance: number;
}

/** @throws RangeError when one of them is empty. */
export function exceedance(calm: readonly number[], others: readonly number[]): Exceedance {
  const [n, m] = [calm.length, others.length];
  // The r-th largest has one in a hundred at or above it.
  const r = n - Math.ceil(0.99 * n) + 1;
  const threshold = calm.toSorted((a, b) => b - a)[r - 1];
  if (threshold === undefined || m === 0) throw new RangeError('nothing to compare');
  const count = others.filter((value) => value > threshold).length;
  return { threshold, count, chance: chanceOf(count, r, n, m) };
}

/** That `least` or more of `m` exceed the r-th largest of `n` others like them. */
export function chanceOf(least: number, r: number, n: number, m: number): number {
  let below = 0;
  for (let j = 0; j < least; j++) {
    const ways = lnChoose(j + r - 1, j) + lnChoose(m - j + n - r, m - j);
    below += Math.exp(ways - lnChoose(m + n, m));
  }
  return Math.max(0, 1 - below);
}

function lnChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}
