/** Names made of keys: of relays, of authorities, of a network. */
import { AppError, compareBytes } from '@tacet/base';
import { type HybridPublicKey, hash, hybridPublicKeyBytes } from '@tacet/crypto';
import { encodeCanonical } from './cbor.ts';
import type { AuthorityHash, AuthoritySet, NetworkId, RelayHash } from './types.ts';

export function relayHashOf(key: HybridPublicKey): RelayHash {
  return hash('relay-identity', hybridPublicKeyBytes(key)) as RelayHash;
}

export function authorityHashOf(key: HybridPublicKey): AuthorityHash {
  return hash('authority-identity', hybridPublicKeyBytes(key)) as AuthorityHash;
}

/** Hash of the canonical map {authorities, name, threshold}; the order given does not matter. */
export function networkIdOf(set: AuthoritySet): NetworkId {
  const authorities = set.authorities.toSorted(compareBytes);
  const { networkName: name, threshold } = set;
  return hash('network-id', encodeCanonical({ authorities, name, threshold })) as NetworkId;
}

/** floor(n / 2) + 1: two sets of signers always share one. */
export function smallestThreshold(authorities: number): number {
  return Math.floor(authorities / 2) + 1;
}

/** Throws `authority-set` unless hashes differ and the threshold is a majority. */
export function checkAuthoritySet(set: AuthoritySet): void {
  const sorted = set.authorities.toSorted(compareBytes);
  const repeated = sorted.some(
    (hash, i) => i > 0 && compareBytes(hash, sorted[i - 1] ?? hash) === 0,
  );
  const n = sorted.length;
  if (n === 0 || repeated || set.threshold < smallestThreshold(n) || set.threshold > n) {
    throw new AppError(
      'authority-set',
      'usage',
      'authorities must differ and a majority must sign',
    );
  }
}
