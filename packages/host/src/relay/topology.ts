/**
 * Who links to whom (docs/spec/03-links.md, 7): packets go edge, layer 1, 2, 3, edge; edges tell
 * each other digests. The receiving side dials.
 */
import type { Peer, Peers } from '@tacet/adapters/link-tls';
import { equalBytes, hex } from '@tacet/base';
import type { Descriptor, RelayHash, VerifiedDocument } from '@tacet/directory';
import { relayIndex } from '@tacet/directory';

interface Known {
  readonly relay: RelayHash;
  readonly descriptor: Descriptor;
  readonly keyHashes: Uint8Array[];
}

/**
 * @param documents all that count now, newest first: its addresses hold, keys of all do.
 * @param reach where to dial instead
 */
export function peersOf(
  self: RelayHash,
  documents: readonly VerifiedDocument[],
  reach: ReadonlyMap<string, string> = new Map(),
): Peers {
  const me = documents
    .map((verified) => verified.document.relays[relayIndex(verified, self) ?? -1])
    .find((descriptor) => descriptor !== undefined);
  if (me === undefined) return { sources: [], targets: [] };
  const others = [...knownRelays(documents).values()].filter(
    ({ relay }) => !equalBytes(relay, self),
  );
  const { before, after } = neighbours(me);
  return {
    sources: others
      .filter(({ descriptor }) => before.includes(placeOf(descriptor)))
      .map((known) => {
        const { relayAddress } = known.descriptor;
        return { ...peer(known), address: reach.get(relayAddress) ?? relayAddress };
      }),
    targets: others.filter(({ descriptor }) => after.includes(placeOf(descriptor))).map(peer),
  };
}

/** Names (hex) of relays that are edges in some of the documents. */
export function edgeNames(documents: readonly VerifiedDocument[]): Set<string> {
  const edges = [...knownRelays(documents)].filter(([, known]) => placeOf(known.descriptor) === 0);
  return new Set(edges.map(([name]) => name));
}

/** 0 for edges, else the layer. */
function placeOf(descriptor: Descriptor): number {
  return descriptor.role === 'edge' ? 0 : descriptor.layer;
}

function neighbours(me: Descriptor): { before: number[]; after: number[] } {
  const place = placeOf(me);
  if (place === 0) return { before: [3, 0], after: [1, 0] };
  return { before: [place - 1], after: [(place + 1) % 4] };
}

function peer({ relay, keyHashes }: Known): Peer {
  return { relay, keyHashes };
}

function knownRelays(documents: readonly VerifiedDocument[]): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const { document, relayHashes } of documents) {
    document.relays.forEach((descriptor, index) => {
      const relay = relayHashes[index];
      if (relay === undefined) return;
      const { keyHash } = descriptor.link;
      const entry = known.get(hex(relay)) ?? { relay, descriptor, keyHashes: [] };
      if (!entry.keyHashes.some((hash) => equalBytes(hash, keyHash))) entry.keyHashes.push(keyHash);
      known.set(hex(relay), entry);
    });
  }
  return known;
}
