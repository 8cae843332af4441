/**
 * Digests with their edge's signature (docs/spec/05-boxes.md, 7). Only the Ed25519 half of the
 * identity signs: a digest is worth nothing after an hour, and every client checks many.
 */
import { concat, equalBytes, isAppError } from '@tacet/base';
import { classicalVerify, type HybridKeyPair, hash } from '@tacet/crypto';
import { type NetworkId, relayIndex, type VerifiedDocument } from '@tacet/directory';
import { decodeDigest, encodeDigestBody } from './digest.ts';
import { MAX_DIGEST_CACHE } from './limits.ts';
import { SameBytes } from './same-bytes.ts';
import type { Digest, SignedDigest } from './types.ts';

export type DigestSigner = Pick<HybridKeyPair, 'signClassical'>;

export function digestHash(bytes: Uint8Array): Uint8Array {
  return hash('digest-hash', bytes);
}

export function signDigest(
  signer: DigestSigner,
  digest: Digest,
  networkId: NetworkId,
): SignedDigest {
  const body = encodeDigestBody(digest);
  const bytes = concat(body, signer.signClassical('digest', networkId, body));
  return { digest, hash: digestHash(bytes), bytes };
}

/** Null unless canonical, of an edge of this document, and signed by it. */
export function verifyDigest(bytes: Uint8Array, verified: VerifiedDocument): SignedDigest | null {
  try {
    const { digest, body, signature } = decodeDigest(bytes);
    const index = relayIndex(verified, digest.edge);
    const relay = index === null ? undefined : verified.document.relays[index];
    if (relay?.role !== 'edge') return null;
    const { networkId } = verified.document;
    if (!classicalVerify(relay.identity, signature, 'digest', networkId, body)) return null;
    return { digest, hash: digestHash(bytes), bytes };
  } catch (error) {
    if (isAppError(error, 'malformed')) return null;
    throw error;
  }
}

export type DigestVerifier = typeof verifyDigest;

/** Remembers results, for a process in which many parties check the same digests. */
export class DigestCache {
  /** By the hash of the document they were checked with: around an epoch's end there are two. */
  private readonly results = new SameBytes<[Uint8Array, SignedDigest | null][]>(MAX_DIGEST_CACHE);

  readonly verify: DigestVerifier = (bytes, verified) => {
    const known = this.results.of(bytes, () => []);
    for (const [document, result] of known) if (equalBytes(document, verified.hash)) return result;
    const result = verifyDigest(bytes, verified);
    known.push([verified.hash, result]);
    return result;
  };
}
