/**
 * From what the votes gave to a document (docs/spec/06-directory.md, 11.4): a pure function, so
 * that authorities which agree on the input agree on every byte. A lone authority's
 * configuration stands for its vote.
 */
import { compareBytes, dayOf, type Millis } from '@tacet/base';
import {
  type AuthoritySet,
  type Document,
  encodeDocument,
  epochStart,
  forDocument,
  isPassable,
  linkHolds,
  MAX_DOCUMENT_BYTES,
  MAX_RELAYS,
  networkIdOf,
  relayHashOf,
} from '@tacet/directory';
import type { DocumentHash } from '@tacet/onion';
import { nextDelay } from './delay.ts';
import { isReady, withoutFailing, withoutLeaving } from './exclusion.ts';
import { nextGenerations } from './generations.ts';
import type { Registered } from './register.ts';
import type { Tally } from './tally.ts';

export interface Composition extends Tally {
  readonly trust: AuthoritySet;
  readonly epoch: number;
  readonly publishedAt: Millis;
  readonly immediate: boolean;
}

/** Room for nine signatures beside the body. */
const SIGNATURES = 65_536;

/** A layer without a key for the epoch, or more than a document may hold: nothing is signed. */
export type Impossible = 'not-passable' | 'oversized';

export function compose(from: Composition): Document | Impossible {
  const { trust, epoch, previous } = from;
  const start = epochStart(from.parameters, epoch);
  const end = epoch + from.parameters.validEpochs;
  const usable = from.registered
    .filter(({ descriptor }) => linkHolds(descriptor, start))
    .filter(({ descriptor }) => forDocument(descriptor, epoch, end) !== null)
    .toSorted((a, b) => compareBytes(a.relay, b.relay));
  const kept = withoutFailing(withoutLeaving(usable, epoch), epoch);
  const relays = kept
    .map(({ descriptor }) => forDocument(descriptor, epoch, end))
    .filter((descriptor) => descriptor !== null);
  if (relays.length > MAX_RELAYS) return 'oversized';
  if (!isPassable(relays, epoch)) return 'not-passable';
  const edges = relays
    .filter((relay) => relay.role === 'edge')
    .map(({ identity, family, country }) => ({ hash: relayHashOf(identity), family, country }));
  const document: Document = {
    networkName: trust.networkName,
    networkId: networkIdOf(trust),
    epoch,
    previous: previous?.hash ?? (new Uint8Array(32) as DocumentHash),
    publishedAt: Math.ceil(Math.max(from.publishedAt, previous?.document.publishedAt ?? 0)),
    immediate: from.immediate,
    parameters: { ...from.parameters, delayMeanMs: delayOf(from, kept) },
    relays,
    generations: nextGenerations(previous?.document.generations ?? [], edges, dayOf(start)),
    echo: from.echo,
    release: from.release,
  };
  const fits = encodeDocument(document).length <= MAX_DOCUMENT_BYTES - SIGNATURES;
  return fits ? document : 'oversized';
}

/** Fixed where a pool is not aimed at, and in a network without a crowd. */
function delayOf({ parameters, previous }: Composition, relays: readonly Registered[]): Millis {
  if (parameters.poolTarget === 0 || !parameters.crowd || previous === null) {
    return parameters.delayMeanMs;
  }
  const rates = relays
    .filter(({ descriptor }) => descriptor.role === 'mix')
    .map(({ descriptor }) => descriptor.requestRate);
  return nextDelay(previous.document.parameters.delayMeanMs, rates, parameters);
}

/** How many of the registered relays have a key for `epoch`. */
export function readyFor(registered: readonly Registered[], epoch: number): number {
  return registered.filter((entry) => isReady(entry, epoch)).length;
}
