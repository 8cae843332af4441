/**
 * From registered descriptors to a document (docs/spec/06-directory.md, 7): a pure function, so
 * that authorities which agree on the input agree on every byte. With several authorities the
 * input is what the tally of their votes gives.
 */
import { compareBytes, dayOf, type Millis } from '@tacet/base';
import {
  type AuthoritySet,
  type Document,
  epochStart,
  isPassable,
  linkHolds,
  networkIdOf,
  type Parameters,
  relayHashOf,
  trimKeys,
  type VerifiedDocument,
} from '@tacet/directory';
import type { DocumentHash } from '@tacet/onion';
import { nextGenerations } from './generations.ts';
import type { Registered } from './register.ts';

export interface Composition {
  readonly trust: AuthoritySet;
  readonly parameters: Parameters;
  readonly echo: Uint8Array;
  readonly epoch: number;
  readonly previous: VerifiedDocument | null;
  readonly publishedAt: Millis;
  readonly immediate: boolean;
  readonly registered: readonly Registered[];
}

/** Null when the relays at hand leave a layer without a key for the epoch. */
export function compose(from: Composition): Document | null {
  const { trust, parameters, epoch, previous } = from;
  const start = epochStart(parameters, epoch);
  const end = epoch + parameters.validEpochs;
  const relays = from.registered
    .toSorted((a, b) => compareBytes(a.relay, b.relay))
    .filter((entry) => linkHolds(entry.descriptor, start))
    .map((entry) => trimKeys(entry.descriptor, epoch, end))
    .filter((descriptor) => descriptor !== null);
  if (!isPassable(relays, epoch)) return null;
  const edges = relays
    .filter((relay) => relay.role === 'edge')
    .map((relay) => ({ hash: relayHashOf(relay.identity), family: relay.family }));
  return {
    networkName: trust.networkName,
    networkId: networkIdOf(trust),
    epoch,
    previous: previous?.hash ?? (new Uint8Array(32) as DocumentHash),
    publishedAt: from.publishedAt,
    immediate: from.immediate,
    parameters,
    relays,
    generations: nextGenerations(previous?.document.generations ?? [], edges, dayOf(start)),
    echo: from.echo,
  };
}

/** How many of the registered relays have a key for `epoch`. */
export function readyFor(registered: readonly Registered[], epoch: number): number {
  return registered.filter(({ descriptor }) => trimKeys(descriptor, epoch, epoch + 1) !== null)
    .length;
}
