/**
 * Store generations (docs/spec/06-directory.md, 7.2): the edge lists over which boxes are
 * placed. A list lives at least seven days, so that readers and writers rarely disagree; boxes
 * live 21 days, so four lists cover them all.
 */
import { compareBytes, equalBytes } from '@tacet/base';
import {
  MAX_GENERATIONS,
  MIN_GENERATION_DAYS,
  type RelayHash,
  type StoreGeneration,
} from '@tacet/directory';

export interface StoreEdge {
  readonly hash: RelayHash;
  readonly family: string;
  readonly country: string;
}

/** @param day first UTC day of the epoch the lists are for; @returns newest first. */
export function nextGenerations(
  previous: readonly StoreGeneration[],
  edges: readonly StoreEdge[],
  day: number,
): readonly StoreGeneration[] {
  const sorted = edges.toSorted((a, b) => compareBytes(a.hash, b.hash));
  const fresh: StoreGeneration = {
    firstDay: day,
    edges: sorted.map((edge) => edge.hash),
    families: sorted.map((edge) => edge.family),
    countries: sorted.map((edge) => edge.country),
  };
  const newest = previous[0];
  if (newest === undefined) return [fresh];
  if (sameEdges(newest.edges, fresh.edges) || day < newest.firstDay) return previous;
  const reachable = newest.edges.some((old) => fresh.edges.some((now) => equalBytes(old, now)));
  if (reachable && day - newest.firstDay < MIN_GENERATION_DAYS) return previous;
  // Unreachable on its first day: nothing can have been stored over it that is still readable.
  const kept = day === newest.firstDay ? previous.slice(1) : previous;
  return [fresh, ...kept].slice(0, MAX_GENERATIONS);
}

function sameEdges(a: readonly RelayHash[], b: readonly RelayHash[]): boolean {
  return a.length === b.length && a.every((edge, i) => equalBytes(edge, b[i] ?? edge));
}
