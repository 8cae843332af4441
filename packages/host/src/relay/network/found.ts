/**
 * The second step: from the requests of all operators to a network. Whoever does it learns no key of
 * anybody; what comes out is the card that everybody joins by. Pure but for the join secret.
 */
import { AppError, compareBytes, equalBytes, hex, type Rng, randomBytes } from '@tacet/base';
import {
  encodeCard,
  MAX_RELAYS,
  type NetworkCard,
  type Parameters,
  smallestThreshold,
} from '@tacet/directory';
import type { AllowedRelay } from './allowed.ts';
import type { RelayCard } from './relay-card.ts';
import type { OperatorRequest, RequestedRelay } from './request.ts';

export interface FoundOptions {
  readonly name: string;
  readonly parameters: Parameters;
  readonly requests: readonly OperatorRequest[];
}

/** @throws `found-incomplete`, `authority-set`, `card-too-long` */
export function foundNetwork({ name, parameters, requests }: FoundOptions, rng: Rng): RelayCard {
  const authorities = requests.flatMap(({ authority }) => authority ?? []);
  const relays = requests.flatMap((request) => request.relays);
  checkWhole(relays, authorities.length);
  const card: NetworkCard = {
    networkName: name,
    authorities: authorities.map(({ hash }) => hash).toSorted(compareBytes),
    threshold: smallestThreshold(authorities.length),
    edges: [],
    joinSecret: parameters.closed ? randomBytes(rng, 16) : new Uint8Array(0),
  };
  return {
    card: { ...card, edges: cardEdges(card, relays) },
    authorities: authorities.map(({ hash, address, keyHash }) => ({
      hash: hex(hash),
      address,
      keyHash: hex(keyHash),
    })),
    parameters,
    relays: relays.map(allowedOf),
  };
}

/** What an authority's list says of a relay. */
export function allowedOf({ relay, descriptor }: RequestedRelay): AllowedRelay {
  const { role, layer, family, country } = descriptor;
  return { relay: hex(relay), role, layer, family, country };
}

/** As many edges as fit into a card, of as many operators as there are. */
export function cardEdges(
  card: Omit<NetworkCard, 'edges'>,
  relays: readonly Pick<RequestedRelay, 'relay' | 'descriptor'>[],
): NetworkCard['edges'] {
  const edges = byTurns(relays.filter(({ descriptor }) => descriptor.role === 'edge')).map(
    ({ relay, descriptor }) => ({ relay, address: descriptor.clientAddress }),
  );
  for (let count = Math.min(edges.length, 8); count > 1; count--) {
    const some = edges.slice(0, count);
    if (fits({ ...card, edges: some })) return some;
  }
  return edges.slice(0, 1);
}

function fits(card: NetworkCard): boolean {
  try {
    encodeCard(card);
    return true;
  } catch {
    return false;
  }
}

/** One of each family in turns. */
function byTurns<T extends Pick<RequestedRelay, 'descriptor'>>(relays: readonly T[]): T[] {
  const turn = (one: T): number =>
    relays
      .slice(0, relays.indexOf(one))
      .filter(({ descriptor }) => descriptor.family === one.descriptor.family).length;
  return relays.toSorted((a, b) => turn(a) - turn(b));
}

function checkWhole(relays: readonly RequestedRelay[], authorities: number): void {
  const lacks: string[] = [];
  if (authorities === 0) lacks.push('an authority');
  for (const layer of [1, 2, 3]) {
    if (!relays.some(({ descriptor }) => descriptor.layer === layer)) lacks.push(`a mix-${layer}`);
  }
  if (!relays.some(({ descriptor }) => descriptor.role === 'edge')) lacks.push('an edge');
  if (lacks.length > 0) {
    throw new AppError(
      'found-incomplete',
      'usage',
      `the requests together lack ${lacks.join(', ')}: a network needs one of each`,
    );
  }
  const twice = relays.some((a, i) => relays.slice(0, i).some((b) => equalBytes(a.relay, b.relay)));
  if (twice || relays.length > MAX_RELAYS) {
    throw new AppError(
      'found-incomplete',
      'usage',
      'a relay is named twice, or there are too many',
    );
  }
}
