/**
 * Digests with their edge's signature (docs/spec/05-boxes.md, 7). Only the Ed25519 half of the
 * identity signs: a digest is worth nothing after an hour, and every client checks many.
 */
import { concat, equalBytes, hex, isAppError } from '@tacet/base';
import { classicalVerify, type HybridKeyPair, hash } from '@tacet/crypto';
import { type NetworkId, relayIndex, type VerifiedDocument } from '@tacet/directory';
import { decodeDigest, encodeDigestBody } from './digest.ts';
import { MAX_DIGEST_CACHE } from './limits.ts';
import type { Digest, SignedDigest } from './types.ts';

/** Bytes of a signature that name a digest in a cache. */
const NAME = 16;

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

interface Checked {
  readonly bytes: Uint8Array;
  readonly document: Uint8Array;
  readonly result: SignedDigest | null;
}

/** Remembers results, for a process in which many parties check the same digests. */
export class DigestCache {
  /** By the end of the signature; whoever finds one compares all bytes. */
  private readonly results = new Map<string, Checked>();

  readonly verify: DigestVerifier = (bytes, verified) => {
    const key = `${verified.document.epoch}/${hex(bytes.subarray(-NAME))}`;
    const known = this.results.get(key);
    if (
      known !== undefined &&
      equalBytes(known.bytes, bytes) &&
      equalBytes(known.document, verified.hash)
    ) {
      return known.result;
    }
    const result = verifyDigest(bytes, verified);
    this.results.set(key, { bytes: bytes.slice(), document: verified.hash, result });
    if (this.results.size > MAX_DIGEST_CACHE) {
      for (const oldest of this.results.keys()) {
        this.results.delete(oldest);
        break;
      }
    }
    return result;
  };
}
