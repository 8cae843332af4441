/** Finding relays in a verified document: by hash, by role. Tables are made once per document. */
import { BytesMap } from '@tacet/base';
import type { RelayHash, VerifiedDocument } from './types.ts';

const edgeLists = new WeakMap<VerifiedDocument, readonly RelayHash[]>();
const tables = new WeakMap<VerifiedDocument, BytesMap<number>>();

/** A relay's index, which is its place in `relays`; null when it is not in this document. */
export function relayIndex(verified: VerifiedDocument, relay: RelayHash): number | null {
  let table = tables.get(verified);
  if (table === undefined) {
    table = new BytesMap();
    for (const [index, hash] of verified.relayHashes.entries()) table.set(hash, index);
    tables.set(verified, table);
  }
  return table.get(relay) ?? null;
}

/** The edges of a document, in the order of their hashes. */
export function edgesOf(verified: VerifiedDocument): readonly RelayHash[] {
  let edges = edgeLists.get(verified);
  if (edges === undefined) {
    const { relays } = verified.document;
    edges = verified.relayHashes.filter((_, index) => relays[index]?.role === 'edge');
    edgeLists.set(verified, edges);
  }
  return edges;
}
