/** Edges as a client dials them: by relay hash, at the address a document or card names. */
import { equalBytes } from '@tacet/base';
import { edgesOf, type NetworkCard, type RelayHash, type VerifiedDocument } from '@tacet/directory';

export interface Door {
  readonly relay: RelayHash;
  readonly address: string;
}

/** The edges of a document, in the order of their hashes. */
export function doorsOf(verified: VerifiedDocument): Door[] {
  return edgesOf(verified).flatMap((relay) => {
    const index = verified.relayHashes.findIndex((hash) => equalBytes(hash, relay));
    const address = verified.document.relays[index]?.clientAddress ?? '';
    return address === '' ? [] : [{ relay, address }];
  });
}

/** The address a card names for an edge, or null. */
export function cardAddress(card: NetworkCard, relay: RelayHash): string | null {
  return card.edges.find((edge) => equalBytes(edge.relay, relay))?.address ?? null;
}
