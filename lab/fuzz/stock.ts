/** Inputs that are dear to make are made once and dealt out again and again. */
import { pick, type Rng } from '@tacet/base';

export interface Stockist {
  readonly rng: Rng;
  /** A long run: with more of a kind. */
  readonly large: boolean;
}

/** Deals from `n` that are made now, of a long run `times` as many. */
export function stockOf<T>({ rng, large }: Stockist, n: number, make: () => T, times = 8): () => T {
  const stock = Array.from({ length: large ? times * n : n }, make);
  return () => pick(rng, stock);
}
