/** The fixed world of the vectors: relays, document hashes, and octets that look random. */
import { shake256 } from '@noble/hashes/sha3.js';
import type { RefHop, RefRelay } from './onion.ts';
import { type Octets, xwingPublic } from './primitives.ts';

export const EPOCH = 491_337;
export const DELAY_CAP = 27_630;

/** Octets named by a text: SHAKE256 of it. Provenance only; the vectors list all of them. */
export function octets(name: string, length: number): Octets {
  return shake256(new TextEncoder().encode(`tacet onion vectors/${name}`), {
    dkLen: length,
  }) as Octets;
}

export const DOCUMENT = octets('document', 32);
export const PREDECESSOR = octets('predecessor', 32);
export const CONTEXT = { epoch: EPOCH, documentHash: DOCUMENT };

/** Mixes of layers 1 to 3, a box edge and the reader's own edge. */
export const RELAYS = [
  { name: 'mix 1', layer: 1, index: 7 },
  { name: 'mix 2', layer: 2, index: 300 },
  { name: 'mix 3', layer: 3, index: 65_535 },
  { name: 'box edge', layer: 4, index: 0 },
  { name: 'own edge', layer: 4, index: 11 },
].map((relay) => ({ ...relay, seed: octets(`${relay.name} seed`, 32) }));

export type SceneRelay = (typeof RELAYS)[number];

export function relayNamed(name: string): SceneRelay {
  const relay = RELAYS.find((each) => each.name === name);
  if (relay === undefined) throw new Error(`no relay ${name}`);
  return relay;
}

export function hopOf(name: string, delay: number, coins: string): RefHop {
  const { index, seed } = relayNamed(name);
  return { index, delay, publicKey: xwingPublic(seed), coins: octets(`${coins} ${name}`, 64) };
}

export const TO_BOX = ['mix 1', 'mix 2', 'mix 3', 'box edge'];
export const TO_OWN = ['mix 1', 'mix 2', 'mix 3', 'own edge'];

/** Two epochs accepted, the predecessor tried second. */
export function refRelay(name: string): RefRelay {
  const { layer, index, seed } = relayNamed(name);
  return {
    layer,
    index,
    seed,
    documents: [DOCUMENT, PREDECESSOR],
    epochs: [EPOCH - 1, EPOCH],
    delayCap: DELAY_CAP,
    seen: new Set(),
  };
}
