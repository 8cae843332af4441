/** Which processes a network has, what they are called, and which operator has them. */
import type { PlannedProcess } from './setup.ts';

export type Place = Omit<PlannedProcess, 'ports'>;

export interface Size {
  readonly authorities: number;
  readonly mixesPerLayer: number;
  readonly edges: number;
}

/** `authority`, `mix-1`, `edge-1`; a number behind where there are several of a kind. */
export function placesOf({ authorities, mixesPerLayer, edges }: Size): Place[] {
  const count = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
  return [
    ...count(authorities).map(
      (i): Place => ({
        name: authorities === 1 ? 'authority' : `authority-${i}`,
        role: 'authority',
        layer: 0,
      }),
    ),
    ...[1, 2, 3].flatMap((layer) =>
      count(mixesPerLayer).map(
        (i): Place => ({
          name: mixesPerLayer === 1 ? `mix-${layer}` : `mix-${layer}-${i}`,
          role: 'mix',
          layer,
        }),
      ),
    ),
    ...count(edges).map((i): Place => ({ name: `edge-${i}`, role: 'edge', layer: 0 })),
  ];
}

/**
 * Deals places to operators in turns, each layer beginning with another, so that paths and the two
 * copies of a box find different operators.
 */
export function deal(places: readonly Place[], operators: number): Place[][] {
  const dealt: Place[][] = Array.from({ length: operators }, () => []);
  const next = new Map<string, number>();
  for (const place of places) {
    const kind = `${place.role} ${place.layer}`;
    const turn = next.get(kind) ?? place.layer;
    next.set(kind, turn + 1);
    dealt[turn % operators]?.push(place);
  }
  return dealt;
}

/** What `init --roles` takes: `authority`, `mix-1`, `mix-2`, `mix-3`, `edge`; a word again is one more. */
export function placesFrom(words: readonly string[]): Place[] | null {
  const places: Place[] = [];
  for (const word of words) {
    const match = /^(?:(authority)|(edge)|mix-([123]))$/.exec(word);
    if (match === null) return null;
    const role = match[1] ? 'authority' : match[2] ? 'edge' : 'mix';
    const before = places.filter(({ name }) => name === word || name.startsWith(`${word}-`)).length;
    const name = before === 0 ? word : `${word}-${before + 1}`;
    places.push({ name, role, layer: Number(match[3] ?? 0) });
  }
  const authorities = places.filter(({ role }) => role === 'authority').length;
  return places.length === 0 || authorities > 1 ? null : places;
}
