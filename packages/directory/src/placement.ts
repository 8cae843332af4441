/**
 * Where a box lives (docs/spec/06-directory.md, 9): two edges by rendezvous hash over a store
 * generation, of different operator families where there are two. Everybody who knows the mark
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
  const { edges, families } = generation;
  let first = -1;
  let firstRank: Uint8Array | null = null;
  const ranks = edges.map((edge) => hash('placement', edge, mark));
  ranks.forEach((rank, i) => {
    if (firstRank === null || compareBytes(rank, firstRank) > 0) {
      first = i;
      firstRank = rank;
    }
  });
  const home = edges[first];
  if (home === undefined) {
    throw new AppError('placement-empty', 'bug', 'a store generation has no edge');
  }
  const others = edges.keys().filter((i) => i !== first);
  let second = first;
  for (const i of others) {
    if (second === first || better(i, second)) second = i;
  }
  return [home, edges[second] ?? home];

  function better(a: number, b: number): boolean {
    const differs = (i: number) => (families[i] === families[first] ? 0 : 1);
    if (differs(a) !== differs(b)) return differs(a) > differs(b);
    return compareBytes(ranks[a] as Uint8Array, ranks[b] as Uint8Array) > 0;
  }
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
