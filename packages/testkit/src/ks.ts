/**
 * Two-sample Kolmogorov-Smirnov test: how far the distribution functions of two samples are
 * apart, and how probable so large a distance is when both come from one distribution.
 */

export interface KsResult {
  /** Largest distance of the two empirical distribution functions. */
  readonly distance: number;
  /** Probability of at least this distance under "same distribution" (asymptotic). */
  readonly p: number;
}

/** Both samples need at least one value; the asymptotic form is good from about 30 on. */
export function twoSampleKs(first: readonly number[], second: readonly number[]): KsResult {
  const a = first.toSorted((x, y) => x - y);
  const b = second.toSorted((x, y) => x - y);
  if (a.length === 0 || b.length === 0) throw new RangeError('an empty sample');
  let distance = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const x = Math.min(a[i] as number, b[j] as number);
    // Past all values equal to x on both sides: ties count once.
    while (i < a.length && (a[i] as number) <= x) i++;
    while (j < b.length && (b[j] as number) <= x) j++;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  const size = Math.sqrt((a.length * b.length) / (a.length + b.length));
  // Stephens' correction makes the asymptotic form usable for small samples.
  return { distance, p: kolmogorovTail((size + 0.12 + 0.11 / size) * distance) };
}

/** 1 - K(x): 2 * sum over k >= 1 of (-1)^(k-1) exp(-2 k^2 x^2). */
export function kolmogorovTail(x: number): number {
  // Below this the sum is 1 to more digits than it can be added up with.
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-12) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
