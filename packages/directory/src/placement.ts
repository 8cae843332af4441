/**
 * Where a box lives (docs/spec/06-directory.md, 9): two edges by rendezvous hash over a store
 * generation, of different operator families where there are two,
 * and rather of different countries. Everybody who knows the mark
 * and the document finds the same two, in the same order.
 */
import { AppError, compareBytes } from '@tacet/base';
import { hash } from '@tacet/crypto';
import type { RelayHash, StoreGeneration, VerifiedDocument } from './types.ts';

/**
 * @param mark 8 bytes.
 * @param day a UTC day: the newest generation that had begun by then; without it, the newest.
 * @returns first and second edge; the same one twice when the generation has only one.
 */
export function placement(
  verified: VerifiedDocument,
  mark: Uint8Array,
  day?: number,
): readonly [RelayHash, RelayHash] {
  return placeIn(generationOn(verified, day), mark);
}

/** The same for one generation: readers go through them, newest to oldest. */
export function placeIn(
  generation: StoreGeneration,
  mark: Uint8Array,
): readonly [RelayHash, RelayHash] {
  const { edges, families, countries } = generation;
  const [first, ...others] = edges
    .map((edge, i) => ({
      edge,
      family: families[i] ?? '',
      country: countries[i] ?? 'ZZ',
      rank: hash('placement', edge, mark),
    }))
    .sort((a, b) => compareBytes(b.rank, a.rank));
  if (first === undefined) {
    throw new AppError('placement-empty', 'bug', 'a store generation has no edge');
  }
  const foreign = others.filter((other) => other.family !== first.family);
  // Two are looked at, not all: else every second copy would go to the one edge abroad.
  const [best, next] = foreign.length > 0 ? foreign : others;
  const abroad = best?.country === first.country && first.country !== 'ZZ';
  const second = abroad && next !== undefined && next.country !== first.country ? next : best;
  return [first.edge, second?.edge ?? first.edge];
}

function generationOn(verified: VerifiedDocument, day: number | undefined): StoreGeneration {
  const { generations } = verified.document;
  const found = day === undefined ? generations[0] : generations.find((one) => one.firstDay <= day);
  const generation = found ?? generations.at(-1);
  if (generation === undefined) {
    throw new AppError('placement-empty', 'bug', 'a document has no store generation');
  }
  return generation;
}
