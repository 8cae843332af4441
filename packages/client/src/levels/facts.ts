/** The network as this client knows it, ready to be shown (docs/spec/17-levels.md, 7). */
import { hex, type Millis } from '@tacet/base';
import type { Parameters } from '@tacet/directory';
import { GEOMETRY } from '@tacet/onion';
import type { Network } from '../network/network.ts';

export interface RelayFacts {
  /** First eight hexadecimal digits of its hash. */
  readonly id: string;
  readonly role: 'mix' | 'edge';
  /** 1 to 3 for mixes, 0 for edges. */
  readonly layer: number;
  /** Who runs it, as it says itself; relays of one operator share it. */
  readonly family: string;
  /** Two letters, as it says itself; ZZ: unknown. */
  readonly country: string;
  readonly ownEdge: boolean;
  /** Own loops say that it loses packets. */
  readonly suspected: boolean;
}

export interface NetworkFacts {
  readonly name: string;
  readonly crowd: boolean;
  readonly closed: boolean;
  readonly authorities: { readonly count: number; readonly threshold: number };
  readonly document: {
    readonly epoch: number;
    readonly epochMs: Millis;
    /** Since it was published. */
    readonly age: Millis;
  } | null;
  readonly relays: readonly RelayFacts[];
  /** Different names under `family` and `country`. */
  readonly families: number;
  readonly countries: number;
  readonly ownEdge: {
    readonly address: string;
    /** When it was drawn; null before. */
    readonly since: Millis | null;
  } | null;
  /** What the network's numbers mean, a sentence each. */
  readonly words: readonly string[];
  /** Integer of the protocol; no build or system stands on the wire. */
  readonly wire: number;
}

export interface FactSources {
  readonly network: Network;
  readonly suspects: readonly string[];
  readonly ownEdge: NetworkFacts['ownEdge'];
  /** Hash of the own edge in hex; empty while there is none. */
  readonly ownEdgeHash: string;
}

const SHOWN_DIGITS = 8;

export function networkFacts(sources: FactSources, now: Millis): NetworkFacts {
  const { network, suspects, ownEdge, ownEdgeHash } = sources;
  const { card } = network;
  const newest = network.book.newest();
  const document = newest?.document ?? null;
  const relays = (document?.relays ?? []).map((relay, index): RelayFacts => {
    const hash = hex(newest?.relayHashes[index] ?? new Uint8Array(0));
    return {
      id: hash.slice(0, SHOWN_DIGITS),
      role: relay.role,
      layer: relay.layer,
      family: relay.family,
      country: relay.country,
      ownEdge: hash === ownEdgeHash,
      suspected: suspects.includes(hash),
    };
  });
  return {
    name: document?.networkName ?? card.networkName,
    crowd: document?.parameters.crowd ?? false,
    closed: document?.parameters.closed ?? card.joinSecret.length > 0,
    authorities: { count: card.authorities.length, threshold: card.threshold },
    document:
      document === null
        ? null
        : {
            epoch: document.epoch,
            epochMs: document.parameters.epochMs,
            age: Math.max(0, Math.floor(now - document.publishedAt)),
          },
    relays: relays.sort((a, b) => rank(a) - rank(b)),
    families: new Set(relays.map(({ family }) => family)).size,
    countries: new Set(relays.map(({ country }) => country).filter((c) => c !== 'ZZ')).size,
    ownEdge,
    words: document === null ? [] : parameterWords(document.parameters),
    wire: GEOMETRY.version,
  };
}

/** Layer 1, 2, 3, then edges. */
function rank({ role, layer }: RelayFacts): number {
  return role === 'mix' ? layer : 4;
}

function parameterWords(p: Parameters): string[] {
  const s = (ms: Millis): string => `${Number((ms / 1000).toFixed(2))} s`;
  return [
    `one packet each ${s(p.slotMs)} by day and night, each ${s(p.inUseSlotMs)} where a level is quicker`,
    `each mix holds a packet for ${s(p.delayMeanMs)} on average; the same for everybody`,
    `each edge names new boxes every ${s(p.digestMs)}`,
    `boxes are kept for ${p.boxLifeDays} days`,
    `packet keys change every ${s(p.epochMs)}`,
    p.crowd
      ? `of 1,000 idle packets ${p.coverPutPermille} write a box that means nothing`
      : 'a demonstration: there is no crowd to hide in',
  ];
}
