/**
 * Derivation of a stream's boxes and beacons (docs/spec/07-streams.md 1, 2). Pure; each step is
 * one way, so a chain value kept for box i says nothing about boxes before it.
 */
import { edKeyPair, hash } from '@tacet/crypto';
import { BOX_ID, type BoxId, type BoxRecord, type Mark, markOf } from '@tacet/wire';

/** What a reader needs of one box; what a writer needs to seal it. Secret but for id and mark. */
export interface BoxSecret {
  readonly seed: Uint8Array;
  readonly key: Uint8Array;
  readonly id: BoxId;
  readonly mark: Mark;
}

export function boxFrom(seed: Uint8Array, key: Uint8Array): BoxSecret {
  const id = edKeyPair(seed).publicKey as BoxId;
  return { seed, key, id, mark: markOf(id) };
}

/** The same of a box that was just sealed: its record begins with the id. */
export function boxOf(seed: Uint8Array, key: Uint8Array, record: BoxRecord): BoxSecret {
  const id = record.slice(0, BOX_ID) as BoxId;
  return { seed, key, id, mark: markOf(id) };
}

export function firstChain(root: Uint8Array): Uint8Array {
  return hash('stream-root', root);
}

export function nextChain(chain: Uint8Array): Uint8Array {
  return hash('stream-next', chain);
}

export function streamBox(chain: Uint8Array): BoxSecret {
  return boxFrom(hash('stream-seed', chain), hash('stream-key', chain));
}

export function firstBeacon(root: Uint8Array): Uint8Array {
  return hash('beacon-root', root);
}

export function nextBeacon(chain: Uint8Array): Uint8Array {
  return hash('beacon-next', chain);
}

export function beaconBox(chain: Uint8Array): BoxSecret {
  return boxFrom(hash('beacon-seed', chain), hash('beacon-key', chain));
}

/** What the first entropy of a stream is mixed with. */
export function firstHealing(root: Uint8Array): Uint8Array {
  return hash('healing-root', root);
}

/** What hangs off fresh entropy: the secret of the next healing, and chains of their own. */
export interface Healed {
  readonly secret: Uint8Array;
  readonly chain: Uint8Array;
  readonly beacon: Uint8Array;
}

/** Whoever lacks `secret` or `entropy` knows none of the three; none of them leads to another. */
export function heal(secret: Uint8Array, entropy: Uint8Array): Healed {
  const mixed = hash('healing-mix', secret, entropy);
  return {
    secret: hash('healing-next', mixed),
    chain: hash('healing-stream', mixed),
    beacon: hash('healing-beacon', mixed),
  };
}
