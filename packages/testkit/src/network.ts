/**
 * A whole network on paper: keys, descriptors, a signed first document and a card, all from one
 * seed. Everything is real (real signatures, real packet keys), nothing is connected. ML-DSA
 * signatures are hedged, so signed bytes and the document's hash differ from run to run; keys,
 * relay hashes, indices and the card do not.
 */
import { type Millis, type Rng, randomBytes } from '@tacet/base';
import { type HybridKeyPair, hybridKeyPair, type KemKeyPair, kemKeyPair } from '@tacet/crypto';
import {
  type AuthoritySet,
  authorityHashOf,
  type Descriptor,
  type Document,
  DocumentBook,
  demonstrationParameters,
  encodeCard,
  epochAt,
  makeLinkCertificate,
  type NetworkCard,
  networkIdOf,
  type Parameters,
  type RelayHash,
  type Role,
  relayHashOf,
  scheduleOf,
  signDescriptor,
  signDocument,
  smallestThreshold,
  trimKeys,
  type VerifiedDocument,
  verifyDocument,
} from '@tacet/directory';
import type { DocumentHash } from '@tacet/onion';
import { seededRng } from './rng.ts';

export interface TestRelay {
  readonly hash: RelayHash;
  readonly identity: HybridKeyPair;
  readonly role: Role;
  readonly layer: number;
  readonly descriptor: Descriptor;
  /** What the relay would send to an authority. */
  readonly signedDescriptor: Uint8Array;
  /** 32-byte seed and key pair of each epoch, also of epochs not yet published. */
  kemSeed(epoch: number): Uint8Array;
  kem(epoch: number): KemKeyPair;
}

export interface TestNetwork {
  readonly authorities: readonly HybridKeyPair[];
  readonly trust: AuthoritySet;
  readonly parameters: Parameters;
  /** By index in the document, that is sorted by hash. */
  readonly relays: readonly TestRelay[];
  readonly mixes: readonly TestRelay[];
  readonly edges: readonly TestRelay[];
  /** The first document, in force at once, signed by all authorities. */
  readonly document: Document;
  readonly documentBytes: Uint8Array;
  readonly verified: VerifiedDocument;
  readonly card: NetworkCard;
  readonly cardText: string;
  /** A new book that holds the first document. */
  book(): DocumentBook;
  relayOf(hash: RelayHash): TestRelay;
  /** The chained, signed document of a later epoch, `change` applied before signing. */
  next(previous: VerifiedDocument, epoch: number, change?: Partial<Document>): VerifiedDocument;
}

export interface TestNetworkOptions {
  readonly seed?: number | string;
  readonly rng?: Rng;
  readonly mixesPerLayer?: number;
  readonly edges?: number;
  readonly authorities?: number;
  readonly parameters?: Partial<Parameters>;
  /** When the first document is published; its epoch is the one that contains it. */
  readonly now?: Millis;
  /** Family of the relay with that number; one family each by default. */
  readonly family?: (relay: number) => string;
  readonly country?: (relay: number) => string;
}

/** 2026-01-01T00:10:00Z */
export const TEST_NOW: Millis = Date.UTC(2026, 0, 1, 0, 10);

/** Parameters default to the demonstration ones, with `crowd` and `closed` as there. */
export function makeTestNetwork(options: TestNetworkOptions = {}): TestNetwork {
  const rng = options.rng ?? seededRng(options.seed ?? 'network');
  const now = options.now ?? TEST_NOW;
  const parameters = { ...demonstrationParameters, ...options.parameters };
  const count = options.authorities ?? 1;
  const authorities = Array.from({ length: count }, () => hybridKeyPair(randomBytes(rng, 64)));
  const trust: AuthoritySet = {
    networkName: 'test network',
    authorities: authorities.map((pair) => authorityHashOf(pair.publicKey)),
    threshold: smallestThreshold(count),
  };
  const epoch = epochAt(parameters, now);
  const perLayer = options.mixesPerLayer ?? 1;
  const total = 3 * perLayer + (options.edges ?? 2);
  const made = Array.from({ length: total }, (_, number) => {
    const layer = number < 3 * perLayer ? 1 + (number % 3) : 0;
    return makeRelay({ rng, number, layer, epoch, now, parameters, options });
  });
  const relays = made.toSorted((a, b) => Buffer.compare(a.hash, b.hash));
  const edges = relays.filter((relay) => relay.role === 'edge');

  const document: Document = {
    networkName: trust.networkName,
    networkId: networkIdOf(trust),
    epoch,
    previous: new Uint8Array(32) as DocumentHash,
    publishedAt: now,
    immediate: true,
    parameters,
    relays: relaysFor(relays, epoch, parameters),
    generations: [
      {
        firstDay: Math.floor((epoch * parameters.epochMs) / 86_400_000),
        edges: edges.map((edge) => edge.hash),
        families: edges.map((edge) => edge.descriptor.family),
        countries: edges.map((edge) => edge.descriptor.country),
      },
    ],
    echo: new Uint8Array(0),
    release: new Uint8Array(0),
  };
  const documentBytes = signDocument(document, authorities);
  const verified = verifyDocument(documentBytes, trust);
  const card: NetworkCard = {
    ...trust,
    edges: edges.slice(0, 2).map((edge) => ({
      address: edge.descriptor.clientAddress,
      relay: edge.hash,
    })),
    joinSecret: parameters.closed ? randomBytes(rng, 16) : new Uint8Array(0),
  };

  return {
    authorities,
    trust,
    parameters,
    relays,
    mixes: relays.filter((relay) => relay.role === 'mix'),
    edges,
    document,
    documentBytes,
    verified,
    card,
    cardText: encodeCard(card),
    book() {
      const book = new DocumentBook(trust);
      book.accept(verified);
      return book;
    },
    relayOf(hash) {
      const found = relays.find((relay) => Buffer.compare(relay.hash, hash) === 0);
      if (found === undefined) throw new RangeError('no such relay in the test network');
      return found;
    },
    next(previous, later, change = {}) {
      const changed: Document = {
        ...previous.document,
        epoch: later,
        previous: previous.hash,
        publishedAt: scheduleOf(parameters, later).publication,
        immediate: false,
        relays: relaysFor(relays, later, parameters),
        ...change,
      };
      return verifyDocument(signDocument(changed, authorities), trust);
    },
  };
}

function relaysFor(
  relays: readonly TestRelay[],
  epoch: number,
  parameters: Parameters,
): Descriptor[] {
  const wanted = parameters.validEpochs;
  return relays.map((relay) => {
    const keys = Array.from({ length: wanted }, (_, i) => relay.kem(epoch + i).publicKey);
    const renewed = { ...relay.descriptor, firstEpoch: epoch, keys };
    return trimKeys(renewed, epoch, epoch + wanted) ?? renewed;
  });
}

interface RelayOptions {
  readonly rng: Rng;
  readonly number: number;
  readonly layer: number;
  readonly epoch: number;
  readonly now: Millis;
  readonly parameters: Parameters;
  readonly options: TestNetworkOptions;
}

function makeRelay(from: RelayOptions): TestRelay {
  const { rng, number, layer, epoch, now, parameters, options } = from;
  const identity = hybridKeyPair(randomBytes(rng, 64));
  const hash = relayHashOf(identity.publicKey);
  const role: Role = layer === 0 ? 'edge' : 'mix';
  const secret = Buffer.from(randomBytes(rng, 8)).toString('hex');
  const kems = new Map<number, KemKeyPair>();
  /** All that a descriptor names, and those of packets that are late. */
  const kept = Math.max(parameters.keysAhead + 1, parameters.validEpochs) + 3;
  const kemSeed = (of: number): Uint8Array => randomBytes(seededRng(`${secret}/${of}`), 32);
  const kem = (of: number): KemKeyPair => {
    const pair = kems.get(of) ?? kemKeyPair(kemSeed(of));
    kems.set(of, pair);
    // Made anew from its seed when it is asked for: months of epochs are no memory of a client's.
    for (const old of kems.keys()) if (kems.size > kept) kems.delete(old);
    return pair;
  };
  const keyHash = randomBytes(rng, 32);
  const descriptor: Descriptor = {
    identity: identity.publicKey,
    role,
    layer,
    family: options.family?.(number) ?? `operator ${number}`,
    country: options.country?.(number) ?? 'ZZ',
    relayAddress: `127.0.0.1:${20_000 + number}`,
    clientAddress: role === 'edge' ? `127.0.0.1:${21_000 + number}` : '',
    link: makeLinkCertificate(identity, keyHash, now + 90 * 86_400_000),
    issuedAt: now,
    firstEpoch: epoch,
    keys: Array.from({ length: parameters.keysAhead + 1 }, (_, i) => kem(epoch + i).publicKey),
    capacity: 1_000,
    sourceUrl: 'https://example.org/tacet',
    sourceCommit: '0'.repeat(40),
    requestRate: 0,
    loops: [],
    leaving: false,
  };
  return {
    hash,
    identity,
    role,
    layer,
    descriptor,
    signedDescriptor: signDescriptor(identity, descriptor),
    kemSeed,
    kem,
  };
}
