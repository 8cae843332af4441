/** Small statistics for the closed forms; all logarithms of entropies are to the base 2. */

export function mean(list: readonly number[]): number {
  return list.reduce((a, b) => a + b, 0) / list.length;
}

export function variance(list: readonly number[]): number {
  const m = mean(list);
  return mean(list.map((x) => (x - m) ** 2));
}

export function correlation(a: readonly number[], b: readonly number[]): number {
  const [ma, mb] = [mean(a), mean(b)];
  const both = mean(a.map((x, i) => (x - ma) * ((b[i] ?? mb) - mb)));
  return both / Math.sqrt(variance(a) * variance(b));
}

/** Largest distance of the sample's distribution from Exp(1/mean), times the root of its size. */
export function distanceFromExponential(list: readonly number[], meanOf: number): number {
  const sorted = list.toSorted((a, b) => a - b);
  let most = 0;
  for (const [i, x] of sorted.entries()) {
    const p = 1 - Math.exp(-x / meanOf);
    most = Math.max(most, Math.abs(p - i / sorted.length), Math.abs(p - (i + 1) / sorted.length));
  }
  return most * Math.sqrt(sorted.length);
}

/** The same between two samples, in units in which 1.63 is reached by chance once in a hundred. */
export function distanceOf(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [a.toSorted((p, q) => p - q), b.toSorted((p, q) => p - q)];
  let [i, j, most] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const [p, q] = [x[i] as number, y[j] as number];
    if (p <= q) i++;
    if (q <= p) j++;
    most = Math.max(most, Math.abs(i / x.length - j / y.length));
  }
  return most * Math.sqrt((x.length * y.length) / (x.length + y.length));
}

/**
 * What somebody who sees all links of one mix believes, packet by packet: with memoryless delays
 * each packet inside is as likely to be the next to leave. Every packet that ever came in has a
 * share in each one inside; the shares of a departure are the mean over the pool.
 */
export class PoolBelief {
  /** Sum of the shares inside (the size of the pool), and of share x ln(share). */
  private size = 0;
  private weighed = 0;

  arrive(): void {
    this.size += 1;
  }

  /** Entropy, in bits, of "which arrival is the packet that leaves now?" */
  depart(): number {
    const n = this.size;
    const entropy = (Math.log(n) - this.weighed / n) / Math.LN2;
    const kept = (n - 1) / n;
    this.weighed = kept === 0 ? 0 : kept * this.weighed + kept * Math.log(kept) * n;
    this.size -= 1;
    return entropy;
  }

  get packets(): number {
    return this.size;
  }
}
