/** The documents as machines see them: what `DocumentBook` gives, and what tests can fake. */
import type { Millis } from '@tacet/base';
import type { Descriptor, RelayHash, VerifiedDocument } from '@tacet/directory';

export interface Documents {
  newest(): VerifiedDocument | null;
  /** Null when no document is in force for that epoch. */
  inForce(epoch: number): VerifiedDocument | null;
  /** What a packet made now is built with, as clients do. Null: make none. */
  forBuilding(now: Millis): { readonly verified: VerifiedDocument; readonly epoch: number } | null;
}

export type RouteFailure = 'next-unknown' | 'next-layer';

/**
 * The relay that `index` names in the packet's epoch, if packets may go there from here.
 * @param layer where the packet goes: 1..3 for mixes, 4 for edges
 */
export function nextRelay(
  documents: Documents,
  epoch: number,
  index: number,
  layer: number,
): RelayHash | RouteFailure {
  const verified = documents.inForce(epoch);
  const relay = verified?.document.relays[index];
  const hash = verified?.relayHashes[index];
  if (relay === undefined || hash === undefined) return 'next-unknown';
  return packetLayer(relay) === layer ? hash : 'next-layer';
}

/** A descriptor says layer 0 for an edge; packets stand in layer 4 there. */
function packetLayer(relay: Descriptor): number {
  return relay.role === 'edge' ? 4 : relay.layer;
}
