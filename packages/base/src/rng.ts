/**
 * Randomness is a parameter. `crypto.systemRng` is the real source; tests and the lab pass a
 * seeded one. The helpers below turn bytes into numbers without bias.
 */
export interface Rng {
  /** Fills `out` with random bytes and returns it. */
  fill(out: Uint8Array): Uint8Array;
}

export function randomBytes(rng: Rng, n: number): Uint8Array {
  return rng.fill(new Uint8Array(n));
}

const scratch = new Uint8Array(8);
const scratchView = new DataView(scratch.buffer);

/** Uniform in [0, 1) with 53 bits. */
export function randomUnit(rng: Rng): number {
  rng.fill(scratch);
  return (scratchView.getUint32(0) * 2 ** 21 + (scratchView.getUint32(4) >>> 11)) / 2 ** 53;
}

/** Uniform integer in [0, n), 1 <= n <= 2^32, by rejection. */
export function randomInt(rng: Rng, n: number): number {
  for (;;) {
    rng.fill(scratch);
    const value = scratchView.getUint32(0);
    // Exact, and several times quicker than a remainder of doubles: both are integers below 2^53.
    const rest = value - Math.floor(value / n) * n;
    // The last, incomplete stretch of n begins where less than n is left.
    if (value - rest <= 2 ** 32 - n) return rest;
  }
}

/** Exponential with that mean: -mean * ln(1 - u). */
export function randomExponential(rng: Rng, mean: number): number {
  return -mean * Math.log(1 - randomUnit(rng));
}

/** Uniform in [low, high). */
export function randomBetween(rng: Rng, low: number, high: number): number {
  return low + randomUnit(rng) * (high - low);
}

/** A uniformly drawn element; `items` must not be empty. */
export function pick<T>(rng: Rng, items: readonly T[]): T {
  const item = items[randomInt(rng, items.length)];
  if (item === undefined) throw new RangeError('pick from an empty list');
  return item;
}

/** Fisher-Yates, in place. */
export function shuffle<T>(rng: Rng, items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = randomInt(rng, i + 1);
    const a = items[i] as T;
    items[i] = items[j] as T;
    items[j] = a;
  }
  return items;
}
