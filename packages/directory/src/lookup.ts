/** Finding relays in a verified document: by hash, by role. Tables are made once per document. */
import { hex } from '@tacet/base';
import type { RelayHash, VerifiedDocument } from './types.ts';

const tables = new WeakMap<VerifiedDocument, ReadonlyMap<string, number>>();

/** A relay's index, which is its place in `relays`; null when it is not in this document. */
export function relayIndex(verified: VerifiedDocument, relay: RelayHash): number | null {
  let table = tables.get(verified);
  if (table === undefined) {
    table = new Map(verified.relayHashes.map((hash, index) => [hex(hash), index]));
    tables.set(verified, table);
  }
  return table.get(hex(relay)) ?? null;
}

/** The edges of a document, in the order of their hashes. */
export function edgesOf(verified: VerifiedDocument): RelayHash[] {
  return verified.relayHashes.filter(
    (_, index) => verified.document.relays[index]?.role === 'edge',
  );
}
